"""Importing activity facts from a file, beside COPY of the resolved rows.

The baseline copies exactly the rows that the import leaves, into the same table with
its keys and indexes: what even a file without anything to check would cost.
"""

import io
import math
from datetime import date, datetime

from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import at_context

from . import world
from .bench import Line, peak_memory, side_by_side, timed

FACTS = {"small": 20_000, "full": 1_000_000}
MONTHS = 10
METRICS = 2
FIRST_MONTH, LAST_MONTH = date(2023, 8, 1), date(2024, 5, 1)
AT = datetime(2024, 6, 2, 3, 0)
ROUNDS = 3
#: Unknown clients that an import creates, few and many.
UNKNOWN = {"small": (500, 2_000), "full": (10_000, 100_000)}
COLUMNS = (
    "company_id, partner_id, metric_id, month, value, currency_id, rate, value_company,"
    " version, recorded_at, recorded_by_id, import_id"
)


def bench_import(env, scale):
    facts = FACTS[scale]
    with world.world("import") as own:
        file = _file(own, facts // METRICS // MONTHS)
        record = own["vip.activity.import"].with_context(**at_context(AT)).create({})
        world.analyze(own)
        rows = _resolved_rows(own, record, file, facts)
        baseline, seconds = side_by_side(
            world.undone(own, lambda: _copy(own, rows)),
            world.undone(own, lambda: _import(own, record, file)),
            ROUNDS,
        )
        work = f"import of {facts:,} facts from a file"
        yield Line(f"{work}; beside COPY of the rows", seconds, baseline, 1.6)
        small = _file_of(file, facts // METRICS // 10)
        peaks = [_peak(own, record, one) for one in (small, file)]
        few = facts // 10
        yield Line(
            f"{work}: memory of Python; beside {few:,} facts", *peaks[::-1], 1.3, "MiB"
        )
        record._import_file(file)
        own.cr.flush()
        world.analyze(own)
        again = world.undone(own, lambda: record._import_file(file))
        baseline, seconds = side_by_side(
            world.undone(own, lambda: _copy(own, rows)), again, ROUNDS
        )
        yield Line(f"{work}: the same file again", seconds, baseline)


def bench_import_unknown(env, scale):
    """How the work grows with the clients that an import creates."""
    few, many = UNKNOWN[scale]
    with world.world("unknown") as own:
        imports = own["vip.activity.import"].with_context(**at_context(AT))
        record = imports.create({"unknown_clients": "create"})
        own.cr.commit()
        once = world.undone(own, lambda: record._import_file(_unknown(100)))
        once()
        taken = [
            timed(world.undone(own, lambda n=n: record._import_file(_unknown(n))))
            for n in (few, many)
        ]
        work = f"import of facts of {many:,} unknown clients, who are created"
        yield Line(work, taken[1])
        exponent = math.log(taken[1] / taken[0]) / math.log(many / few)
        yield Line(
            f"{work}: growth from {few:,} (exponent)", round(exponent, 3), None, 1.1, ""
        )


def _unknown(count):
    """Return a file of one month of clients that nobody knows."""
    rows = [f"U{place},2024-05,{place % 997},1" for place in range(count)]
    return io.BytesIO(
        "\n".join(["client_ref,month,deposit,volume", *rows, ""]).encode()
    )


def _file_of(file, rows):
    """Return the header and the first ``rows`` rows of ``file``."""
    file.seek(0)
    return io.BytesIO(b"".join(file.readline() for _row in range(rows + 1)))


def _peak(env, record, file):
    """Return the most memory (MiB) that this process has while it imports ``file``."""
    return peak_memory(world.undone(env, lambda: _import(env, record, file)))


def _empty(env):
    """Give the table a new, empty file in this transaction."""
    env.cr.execute("TRUNCATE vip_activity")


def _import(env, record, file):
    _empty(env)
    record._import_file(file)


def _copy(env, rows):
    _empty(env)
    rows.seek(0)
    env.cr.copy_expert(f"COPY vip_activity ({COLUMNS}) FROM STDIN", rows)


def _resolved_rows(env, record, file, facts):
    """Return the rows as an import leaves them, in the format of COPY."""
    _import(env, record, file)
    if record.changed_count != facts:
        raise AssertionError(f"{record.changed_count} facts were booked, not {facts}")
    rows = io.BytesIO()
    env.cr.copy_expert(f"COPY vip_activity ({COLUMNS}) TO STDOUT", rows)
    env.cr.rollback()
    return rows


def _file(env, count):
    """Return a file of all months of ``count`` new clients."""
    world.clients(env, count)
    file = io.BytesIO()
    env.cr.execute(
        SQL(
            """
            CREATE TEMP TABLE bench_file ON COMMIT DROP AS
            SELECT client_number AS client_ref, to_char(o, 'YYYY-MM') AS month,
                   (id %% 9973 * 1.25)::numeric(12, 2) AS deposit,
                   (id %% 97 * 0.01)::numeric(12, 4) AS volume
              FROM res_partner
             CROSS JOIN generate_series(%s::timestamp, %s, '1 month') o
             WHERE client_type IS NOT NULL
             ORDER BY 2, 1
            """,
            FIRST_MONTH,
            LAST_MONTH,
        )
    )
    env.cr.copy_expert("COPY bench_file TO STDOUT (FORMAT csv, HEADER)", file)
    env.cr.commit()
    return file
