"""Each job, killed and run again, ends as one that was left alone.

Killed twice at moments drawn from a seed, then run to its end, then once more: an
interruption leaves nothing half done, and a second run changes nothing.
"""

import os
from collections import Counter
from contextlib import contextmanager

import pytest

from tests.kill import ground
from tests.kill.harness import killed, rows, run, table
from tests.proof import seeds
from tools import databases
from tools.runner import INSTALLED

OWED = ("running", "paused")
MESSAGES = (
    "SELECT model, message_type, count(*) FROM mail_message"
    " WHERE model ~ '^(vip|sla|score)' GROUP BY 1, 2"
)


@contextmanager
def prepared(source, prepare):
    """Give a copy of a database with the ground that a job works on."""
    name = f"vip_kill_{os.getpid()}_{prepare.__name__}"
    databases.copy(source, name)
    try:
        run(name, f"{ground.__name__}:{prepare.__name__}")
        yield name
    finally:
        databases.drop(name)


@pytest.fixture(scope="module")
def source():
    with prepared(INSTALLED, ground.prepare) as name:
        yield name


@pytest.fixture(scope="module")
def grouped(source):
    with prepared(source, ground.prepare_groups) as name:
        yield name


@pytest.fixture(scope="module")
def promised(source):
    with prepared(source, ground.prepare_reapply) as name:
        yield name


@pytest.fixture(scope="module")
def charged():
    with prepared(INSTALLED, ground.prepare_close) as name:
        yield name


@pytest.fixture(scope="module")
def planned():
    with prepared(INSTALLED, ground.prepare_plan) as name:
        yield name


@pytest.fixture(scope="module")
def closed():
    with prepared(INSTALLED, ground.prepare_questions) as name:
        yield name


def compare(source, job, seed, *tables):
    """Return what the undisturbed job left in the first of ``tables``.

    The same is in all of them where the job was killed, also after one more run.
    """
    job = f"{ground.__name__}:{job.__name__}"
    with killed(source, job, seed, kills=2) as (whole, cut):
        left = [rows(whole, what) for what in (*tables, MESSAGES)]
        assert [rows(cut, what) for what in (*tables, MESSAGES)] == left
        run(cut, job)
        assert [rows(cut, what) for what in (*tables, MESSAGES)] == left
        assert left[0] != rows(source, tables[0])
    return left[0]


def test_review(source):
    changes = compare(
        source,
        ground.review,
        11,
        table("vip_tier_change", exclude=["review_id"]),
        table("vip_tier_review"),
        table("vip_tier_verdict", exclude=["review_id"]),
    )
    assert len(changes) == ground.CLIENTS // ground.RISING


def test_review_of_groups_and_falls_by_the_quarter(grouped):
    verdicts = compare(
        grouped,
        ground.review,
        17,
        table("vip_tier_verdict", exclude=["review_id"]),
        table("vip_tier_change", exclude=["review_id"]),
        table("vip_tier_review"),
    )
    waiting = [v for v in verdicts if v["outcome"] == "grace"]
    assert len(waiting) == ground.HOLDING - ground.HOLDING // ground.RISING
    together = [v for v in verdicts if v["rolled_up"]]
    assert {len(v["rolled_up"]["members"]) for v in together} == {3}


def test_back_test(grouped):
    movers = compare(
        grouped,
        ground.backtest,
        18,
        table("vip_tier_backtest_line"),
        table("vip_tier_backtest"),
        table("vip_job_progress"),
    )
    assert movers


def test_import(source):
    compare(
        source,
        ground.file_import,
        12,
        table("vip_activity"),
        table("vip_activity_import"),
        "SELECT res_field, checksum FROM ir_attachment"
        " WHERE res_model = 'vip.activity.import'",
    )


def test_client_import(source):
    clients = compare(
        source,
        ground.client_import,
        15,
        "SELECT client_number, name, phone, client_type FROM res_partner"
        " WHERE client_number IS NOT NULL",
        "SELECT p.client_number, m.tier_id, m.date_from, m.date_to"
        " FROM vip_tier_membership m JOIN res_partner p ON p.id = m.partner_id",
        "SELECT p.client_number, c.state, c.effective_date, c.reason"
        " FROM vip_tier_change c JOIN res_partner p ON p.id = c.partner_id",
        table("vip_client_import"),
    )
    assert len(clients) == ground.CLIENTS + ground.NEW_CLIENTS


def test_life_cycle(source):
    states = compare(
        source,
        ground.lifecycle,
        16,
        table("vip_lifecycle"),
        "SELECT id, vip_lifecycle_month FROM res_company",
    )
    assert {row["state"] for row in states} == {"active"}


def test_due_job(source):
    clocks = compare(
        source,
        ground.due,
        13,
        table("sla_clock"),
        table("sla_breach", exclude=["scored_at"]),
        table("sla_notice"),
        table("sla_span"),
    )
    assert {clock["state"] for clock in clocks} == {"running", "paused", "missed"}


def test_policies_applied_again(promised):
    """Clocks are compared with what replaced them: ids differ after a kill."""
    clocks = compare(
        promised,
        ground.reapply,
        31,
        "SELECT c.ticket_id, c.metric, c.round, c.state, c.started_at, c.due_at,"
        " c.stopped_at, c.warn_at, c.next_event_at, c.overrun_seconds, c.level_at,"
        " c.policy_id, c.target_id, c.seconds, n.policy_id AS next_policy_id,"
        " n.due_at AS next_due_at"
        " FROM sla_clock c LEFT JOIN sla_clock n ON n.id = c.replaced_by_id",
        table("sla_reapply_line", exclude=["new_clock_id"]),
        table("sla_reapply"),
        table("sla_breach", exclude=["clock_id", "scored_at"]),
        table("sla_notice", exclude=["clock_id"]),
        table("sla_span"),
        "SELECT action, count(*) FROM vip_audit_log WHERE model = 'sla.reapply'"
        " GROUP BY action",
    )
    replaced = [clock for clock in clocks if clock["next_policy_id"]]
    assert len(replaced) > ground.WATCHED_TICKETS
    assert {clock["state"] for clock in replaced} == {"cancelled"}
    # Nothing is half applied: what the new policy promises is owed under it alone.
    metrics = {clock["metric"] for clock in replaced}
    owed = [clock for clock in clocks if clock["state"] in OWED]
    policies = {clock["policy_id"] for clock in owed if clock["metric"] in metrics}
    assert policies == {clock["next_policy_id"] for clock in replaced}


def test_escalation(source):
    notices = compare(
        source,
        ground.escalate,
        17,
        table("sla_notice"),
        "SELECT id, team_id, user_id, priority FROM helpdesk_ticket",
        table("sla_span"),
        "SELECT res_id, count(*) FROM mail_message"
        " WHERE model = 'helpdesk.ticket' GROUP BY 1",
    )
    moved = [row for row in notices if row["action"] == "reassign"]
    assert len(moved) == ground.ESCALATED_TICKETS
    assert {row["state"] for row in moved} == {"done"}


def test_questions_to_clients(closed):
    """Each is asked by one mail, whatever was killed in between."""
    questions = compare(
        closed,
        ground.ask,
        19,
        table("vip_question", exclude=["message_id"]),
        "SELECT m.res_id, count(*), count(q.id) AS asks"
        "  FROM mail_mail o JOIN mail_message m ON m.id = o.mail_message_id"
        "  LEFT JOIN vip_question q ON q.message_id = m.id"
        " WHERE m.model = 'helpdesk.ticket' GROUP BY 1",
    )
    assert len(questions) == ground.QUESTIONS
    assert {(row["state"], row["mails"]) for row in questions} == {("asked", 1)}


def test_who_is_asked_by_a_plan(planned):
    """Each client has one mail about the first of two closings, whatever was killed."""
    questions = compare(
        planned,
        ground.ask_by_plan,
        23,
        table("vip_question", exclude=["message_id"]),
        "SELECT m.res_id, count(*) AS mails, count(q.id) AS asks"
        "  FROM mail_mail o JOIN mail_message m ON m.id = o.mail_message_id"
        "  JOIN vip_question q ON q.message_id = m.id GROUP BY 1",
    )
    told = Counter((row["state"], row["not_asked"], row["mails"]) for row in questions)
    assert told == {
        ("asked", None, 1): ground.QUESTIONS,
        ("dropped", "too_soon", 0): ground.QUESTIONS,
    }


def test_score_drafting(source):
    entries = compare(
        source,
        ground.score,
        14,
        table("score_entry"),
        "SELECT id, scored_at FROM sla_breach",
    )
    assert {entry["state"] for entry in entries} == {"draft", "posted"}
    assert {entry["kind"] for entry in entries} == {"deduction", "error"}


@pytest.mark.parametrize("prepare", [ground.prepare_excused, ground.prepare_closed])
def test_taking_back_from_who_has_moved(prepare):
    with prepared(INSTALLED, prepare) as excused:
        entries = compare(
            excused,
            ground.score_later,
            21,
            # What is counted anew names the entry whose place it takes by its id.
            table("score_entry", exclude=["reversal_of_id", "source_key"]),
            table("score_card", exclude=["details"]),
            "SELECT r.points, r.undone, r.month, o.breach_id, o.user_id, o.kind"
            " FROM score_entry r JOIN score_entry o ON o.id = r.reversal_of_id",
            table("score_aside"),
        )
    reversals = [entry for entry in entries if entry["kind"] == "reversal"]
    assert len(reversals) >= ground.LATE_TICKETS // ground.EXCUSED_EVERY // 2
    in_closed = {bool(entry["corrected_month"]) for entry in reversals}
    assert in_closed == {prepare is ground.prepare_closed}


@pytest.mark.parametrize("seed", seeds("closes"))
def test_monthly_close(charged, seed):
    cards = compare(
        charged,
        ground.close,
        seed,
        table("score_card"),
        table("score_team_card"),
        table("score_close"),
        table("vip_figure_month"),
        table("score_measure", exclude=["card_id", "entry_id"]),
        table("score_entry"),
        table("score_close_left"),
        table("score_award", exclude=["entry_id"]),
        "SELECT id, score_locked_month FROM res_company",
    )
    assert {card["state"] for card in cards} == {"closed"}
    assert len(cards) >= ground.CLOSED_AGENTS
    assert any(card["total"] < 0 for card in cards)
