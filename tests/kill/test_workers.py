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
