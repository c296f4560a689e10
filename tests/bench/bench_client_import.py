"""Importing clients from a file: through the ORM, since people rely on what it does."""

import io
from datetime import datetime

from odoo.addons.vip_base.tools.times import at_context

from . import world
from .bench import Line, timed

CLIENTS = {"small": 500, "full": 20_000}
AT = datetime(2024, 6, 2, 3, 0)


def bench_client_import(env, scale):
    count = CLIENTS[scale]
    with world.world("clients") as own:
        rows = ["client_ref,name,phone,client_type"]
        rows += [f"N{i},Client {i},{i},end" for i in range(count)]
        file = io.BytesIO("\n".join([*rows, ""]).encode())
        imports = own["vip.client.import"].with_context(**at_context(AT))
        plain = timed(world.undone(own, lambda: _plain(own, count)))
        seconds = timed(lambda: imports.create({})._import_file(file))
        own.cr.commit()
        work = f"import of {count:,} clients"
        yield Line(f"{work}; beside creating plain contacts", seconds, plain)
        again = timed(lambda: imports.create({})._import_file(file))
        yield Line(f"{work}: the same file again", again)


def _plain(env, count):
    env["res.partner"].create([{"name": f"Client {i}"} for i in range(count)])
