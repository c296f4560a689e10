"""Two workers that charge points at once charge as one worker would."""

import os

from tests.kill import ground
from tests.kill.harness import rows, run, table, together
from tools import databases
from tools.runner import INSTALLED

CHARGED = (
    table("score_entry"),
    "SELECT id, scored_at FROM sla_breach",
    "SELECT user_id, month, deduction, total FROM score_card",
)


def test_two_workers_charge_each_promise_once():
    source, alone, beside = (
        f"vip_kill_{os.getpid()}_{name}" for name in ("points", "alone", "beside")
    )
    job = f"{ground.__name__}:score_with_others"
    try:
        databases.copy(INSTALLED, source)
        run(source, f"{ground.__name__}:prepare_points")
        databases.copy(source, alone)
        run(alone, job)
        databases.copy(source, beside)
        together(beside, job)
        for what in CHARGED:
            assert rows(beside, what) == rows(alone, what)
        entries = rows(beside, table("score_entry"))
        assert {entry["kind"] for entry in entries} == {"deduction", "error"}
        assert any(entry["points_capped"] for entry in entries)
        taken = rows(
            beside,
            "SELECT value FROM ir_config_parameter WHERE key ~ '^killed.taken'",
        )
        shares = [int(row["value"]) for row in taken]
        assert len(shares) == 2 and sum(shares) == ground.LATE_TICKETS
        assert all(shares), f"one worker did everything: {shares}"
    finally:
        for name in (source, alone, beside):
            databases.drop(name)


def test_two_workers_take_back_each_entry_once_and_by_its_worth():
    source, alone, beside = (
        f"vip_kill_{os.getpid()}_{name}" for name in ("closed", "one", "two")
    )
    job = f"{ground.__name__}:take_back_with_others"
    given = (
        "SELECT user_id, month, sum(points) AS points, count(*) FROM score_entry"
        " WHERE state = 'posted' GROUP BY 1, 2"
    )
    try:
        databases.copy(INSTALLED, source)
        run(source, f"{ground.__name__}:prepare_closed")
        databases.copy(source, alone)
        run(alone, job)
        databases.copy(source, beside)
        together(beside, job)
        assert rows(beside, given) == rows(alone, given) != rows(source, given)
        [[count, originals]] = [
            row.values()
            for row in rows(
                beside,
                "SELECT count(*), count(DISTINCT reversal_of_id) AS originals"
                " FROM score_entry WHERE reversal_of_id IS NOT NULL",
            )
        ]
        assert count == originals == ground.TAKEN_BACK
    finally:
        for name in (source, alone, beside):
            databases.drop(name)


def test_nothing_is_posted_into_a_month_that_is_being_closed():
    name = f"vip_kill_{os.getpid()}_locked"
    try:
        databases.copy(INSTALLED, name)
        run(name, f"{ground.__name__}:prepare_gifts")
        together(name, f"{ground.__name__}:close_while_posting")
        months = rows(
            name,
            """
            SELECT c.month, c.company_id, count(*) AS cards,
                   min(c.state) AS state, sum(c.award) AS on_cards,
                   (SELECT sum(e.points) FROM score_entry e
                     WHERE e.month = c.month AND e.state = 'posted') AS in_ledger
              FROM score_card c GROUP BY 1, 2 ORDER BY 1
            """,
        )
        closed = [month for month in months if month["state"] == "closed"]
        assert len(closed) == 1
        assert closed[0]["on_cards"] == closed[0]["in_ledger"]
        [[drafts, before, after]] = [
            row.values()
            for row in rows(
                name,
                """
                SELECT count(*) FILTER (WHERE state = 'draft') AS drafts,
                       count(*) FILTER (WHERE month = period) AS before,
                       count(*) FILTER (WHERE month > period) AS after
                  FROM score_entry
                """,
            )
        ]
        assert drafts == 0 and before + after == ground.CLOSED_AGENTS
        assert before and after, "the close was not meanwhile"
    finally:
        databases.drop(name)
