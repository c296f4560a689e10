"""What the killed jobs work on, and the jobs as their crons and buttons start them.

All jobs run at one fixed event time, so that two runs can be compared to the second.
"""

import base64
import contextlib
import os
import time
from datetime import date, timedelta

import psycopg2
from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import Command
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from odoo.addons.sla_promise.engine.terms import Fired
from odoo.addons.sla_promise.models.policy import sla_reapply
from odoo.addons.sla_scoring.models import score_close
from odoo.addons.vip_base.tools.times import at_context
from odoo.addons.vip_service.models import vip_tier_review

from tests.bench import world
from tests.kill.harness import wait_for_the_others

CLIENTS = 8000
NEW_CLIENTS = 1200
#: So many clients are in groups, so many more hold a tier that they do not reach.
GROUPED, HOLDING = 600, 300
#: The name of a file with figures of so many months.
LONG, LONG_MONTHS = "Long", 12
#: The review judges this month; the file has facts of the next one.
MONTH, NEXT_MONTH = date(2024, 5, 1), "2024-06"
RISING = 10  # every so many clients rise
#: So many proposals are committed at once, so that a review is killed in between.
REVIEW_BATCH = 100
WATCHED_TICKETS = 3000
#: Policies are applied again to so many tickets in a committed batch.
REAPPLY_BATCH = 200
LATE_TICKETS = 1200
#: Agents whose cards are closed, and so many in one committed batch.
CLOSED_AGENTS, CLOSE_BATCH = 120, 4
#: So many entries are drafts when their month is closed.
LEFT_OUT = 7
#: The key by which one of two workers knows that it is the one that closes.
CLOSER = 20_240_401
#: So many late promises are charged at once by workers beside each other.
SCORE_BATCH = 40
ESCALATED_TICKETS = 150
#: One of so many late promises is excused, and so many entries are taken back at once.
EXCUSED_EVERY, TAKEN_BACK = 8, 60
#: So many clients are asked.
QUESTIONS = 120


def prepare(env):
    """Fill the database; everything is committed."""
    first_client = world.clients(env, CLIENTS)
    _facts(env, first_client)
    _file(env)
    _client_file(env)
    category = env["helpdesk.ticket.category"].create({"name": "Killed"})
    common = {
        "team": world.team(env),
        "category": category,
        "stage": env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress"),
        "partner": SQL("%s + i %% 500", first_client),
    }
    plan = env.ref("sla_promise.escalation_general").id
    policy = world.promise(env, category, calendar_mode="always", escalation_id=plan)
    _watched(env, policy, common)
    _late(env, policy, common)
    _escalated(env, category, common)
    world.analyze(env)


def review(env):
    """The monthly review, as its cron starts it, in small committed batches."""
    vip_tier_review.BATCH = REVIEW_BATCH
    env["vip.tier.review"].with_context(**at_context(world.NOW))._cron_review()


def file_import(env):
    """The import of the file, as a person starts it who sees that it is not done."""
    record = env["vip.activity.import"].search([("name", "=", "Killed")])
    if record.state == "draft":
        record.with_context(**at_context(world.NOW)).action_import()


def client_import(env):
    """The job that imports large files of clients."""
    env["vip.client.import"].with_context(**at_context(world.NOW))._cron_import()


def lifecycle(env):
    """The job that derives the life cycle of all months so far."""
    env["vip.lifecycle"].with_context(**at_context(world.NOW))._cron_lifecycle()


def prepare_groups(env):
    """Let clients be in groups of three and others hold a tier they do not reach.

    Falls are proposed for the quarter, which the month under review does not close. A
    back-test waits for its job.
    """
    clients = env["res.partner"].search(
        [("client_number", "<", f"B{GROUPED + HOLDING:09}")], order="client_number"
    )
    clients = clients.filtered("client_number")
    for place in range(0, GROUPED, 3):
        group = env["vip.client.group"].create({"name": f"Group {place}"})
        env["vip.client.group.member"].create(
            [
                {
                    "group_id": group.id,
                    "partner_id": client.id,
                    "consented_by": client.name,
                    "consented_on": MONTH,
                    "date_from": MONTH,
                    "evidence": "Letter",
                }
                for client in clients[place : place + 3]
            ]
        )
    tier = env["vip.tier"]._ladder(env.company)[1]
    env["vip.tier.membership"].create(
        [
            {
                "company_id": env.company.id,
                "partner_id": client.id,
                "tier_id": tier.id,
                "date_from": MONTH,
            }
            for client in clients[GROUPED:]
        ]
    )
    env.company.vip_falls_every = "3"
    values = {"month_from": MONTH, "months": 1}
    env["vip.tier.backtest"].create(values)._queue()


def backtest(env):
    """The job that runs large back-tests."""
    env["vip.tier.backtest"].with_context(**at_context(world.NOW))._cron_backtest()


def prepare_long_import(env):
    """Leave a file waiting for the job that takes it a while."""
    rows = ["client_ref,month,deposit,volume"]
    for month in range(1, LONG_MONTHS + 1):
        rows += [f"B{i:09},2023-{month:02},{i}.25,{i % 7}" for i in range(CLIENTS)]
    content = base64.b64encode("\n".join([*rows, ""]).encode())
    env["vip.activity.import"].create({"name": LONG, "file": content})._queue()


def long_import(env):
    """The job that imports large files of facts."""
    env["vip.activity.import"].with_context(**at_context(world.NOW))._cron_import()


def watch(env):
    """Somebody at another worker: sees the import go on, then cancels it.

    Raises AssertionError when its progress is not seen to rise within two minutes.
    """
    record = env["vip.activity.import"].search([("name", "=", LONG)])
    seen = set()
    for _attempt in range(120 * 50):
        env.cr.rollback()
        env.invalidate_all()
        seen.add(record.progress)
        if len(seen - {0, 100}) > 1:
            # As the server does with a request that met the job writing.
            with contextlib.suppress(psycopg2.errors.SerializationFailure):
                record.action_cancel()
                env.cr.commit()
                return
        time.sleep(0.02)
    raise AssertionError(f"only {seen} per cent were seen")


def due(env):
    """The due job."""
    env["sla.clock"].with_context(**at_context(world.NOW))._cron_due()


def escalate(env):
    """The job that does what levels ask for."""
    env["sla.notice"].with_context(**at_context(world.NOW))._cron_act()


def score(env):
    """The job that drafts and posts the points."""
    env["score.entry"].with_context(**at_context(world.NOW))._cron_score()


def prepare_reapply(env):
    """Promise less time than before: most open tickets lose time by it."""
    category = env["helpdesk.ticket.category"].search([("name", "=", "Killed")])
    policies = env["sla.policy"]
    policies.search([("category_ids", "in", category.ids)]).active = False
    policy = world.promise(env, category, calendar_mode="always", duration=30)
    reapply = {"policy_ids": [Command.set(policy.ids)], "reason": "As agreed"}
    env["sla.reapply"].create(reapply)
    env.cr.commit()


def reapply(env):
    """Preview policies on open tickets and apply them, as the buttons and the job do."""
    sla_reapply.BATCH, sla_reapply.AT_ONCE = REAPPLY_BATCH, 3 * REAPPLY_BATCH
    reapplies = env["sla.reapply"].with_context(**at_context(world.NOW))
    reapply = reapplies.search([("state", "!=", "done")])
    if reapply.state == "draft":
        reapply.action_preview()
        env.cr.commit()
    reapplies._cron_reapply()
    if reapply.state == "previewed":
        reapply.action_apply()
        env.cr.commit()
    reapplies._cron_reapply()


def prepare_points(env):
    """Leave late tickets only, charged by rules with caps; everything is committed."""
    first_client = world.clients(env, 500)
    category = env["helpdesk.ticket.category"].create({"name": "Killed"})
    common = {
        "team": world.team(env),
        "category": category,
        "stage": env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress"),
        "partner": SQL("%s + i %% 500", first_client),
    }
    policy = world.promise(env, category, calendar_mode="always")
    _late(env, policy, common)
    rules = env["score.rule"].search([])
    rules.write({"cap_month": 150})
    env.cr.commit()


def prepare_close(env):
    """Leave a month of posted points, of the late tickets and of many more agents."""
    prepare_points(env)
    entries = env["score.entry"].with_context(**at_context(world.NOW))
    while entries._draft_from_breaches(at=world.NOW):
        pass
    entries.search([("state", "=", "draft")])._post(world.NOW)
    gifts = _gifts(env)
    gifts._post(world.NOW)
    # What a close leaves out: drafts of some of them.
    for gift in gifts[:LEFT_OUT]:
        gift.copy({"reason": "Another idea"})
    env["score.award.rule"].search([]).write(
        {"min_tickets": 1, "min_promises": 0, "excludes_negative": False}
    )
    env.cr.commit()


def prepare_excused(env):
    """Excuse posted charges of people who have moved to another company meanwhile."""
    prepare_close(env)
    _give_offsets(env)
    _move_all(env)
    _excuse(env)


def prepare_closed(env):
    """As that, but the months were closed before."""
    prepare_close(env)
    _give_offsets(env)
    close(env)
    _move_all(env)
    _excuse(env)


def _give_offsets(env):
    """Let offsets make up for a part of what the late tickets cost."""
    entries = env["score.entry"]
    charges = entries.search([("kind", "=", "deduction"), ("user_id", "!=", False)])
    gifts = entries.create(
        [
            {
                "kind": "offset",
                "user_id": user.id,
                "points": 10,
                "reason": "Idea",
                "occurred_at": own[0].occurred_at,
            }
            for user, own in charges.grouped("user_id").items()
        ]
    )
    gifts._post(world.NOW)
    env.cr.commit()


def _move_all(env):
    company = env["res.company"].create({"name": "Elsewhere"})
    held = env["score.entry"].search([("breach_id", "!=", False)]).user_id
    values = {"company_ids": [Command.set(company.ids)], "company_id": company.id}
    held.write(values)
    env.cr.commit()


def _excuse(env):
    env.cr.execute(
        SQL("UPDATE sla_breach SET state = 'excused' WHERE id %% %s = 0", EXCUSED_EVERY)
    )
    env.cr.commit()


def score_later(env):
    """The job of the points, once the months are over."""
    at = world.NOW + timedelta(days=62)
    env["score.entry"].with_context(**at_context(at))._cron_score()


def take_back_with_others(env):
    """Take back what was excused, one by one, beside another worker."""
    wait_for_the_others(env)
    at = world.NOW + timedelta(days=62)
    entries = env["score.entry"].with_context(**at_context(at))
    excused = entries.search(
        [("breach_id.state", "=", "excused"), ("kind", "!=", "reversal")], order="id"
    )
    env.cr.commit()
    for entry in excused[:TAKEN_BACK]:
        _insist(env, lambda entry=entry: _take_back(entry, at))


def _take_back(entry, at):
    if not entry.reversal_ids:
        entry._reverse("Excused", at)


def prepare_questions(env):
    """Let clients wait to be asked about requests that were closed."""
    client = env["res.partner"].create(
        {"name": "Killed", "email": "killed@example.com", "lang": "en_US"}
    )
    stage = env.ref("sla_promise.stage_solved")
    agent = env.user
    tickets = env["helpdesk.ticket"].create(
        [
            {
                "name": f"Killed {number}",
                "description": "Killed",
                "partner_id": client.id,
                "user_id": agent.id,
                "stage_id": stage.id,
            }
            for number in range(QUESTIONS)
        ]
    )
    template = stage.rating_mail_template_id
    rows = [(ticket.id, world.NOW, template.id, agent.id, 0, 0) for ticket in tickets]
    env["vip.question"]._note_closings(rows, world.NOW, state="waiting")
    env.cr.commit()


def ask(env):
    """The job that asks clients, as its cron starts it."""
    env["vip.question"].with_context(**at_context(world.NOW))._cron_ask()


def prepare_plan(env):
    """Let clients have requests that were closed, and a plan that asks about them."""
    clients = env["res.partner"].create(
        [
            {
                "name": f"Planned {number}",
                "email": f"planned.{number}@example.com",
                "client_type": "end",
                "lang": "en_US",
            }
            for number in range(QUESTIONS)
        ]
    )
    closed = world.NOW - timedelta(hours=1)
    stage = env.ref("sla_promise.stage_solved")
    env["helpdesk.ticket"]._at(closed).create(
        [
            {
                "name": f"Planned {number}",
                "description": "Planned",
                "partner_id": clients[number % QUESTIONS].id,
                "stage_id": stage.id,
            }
            for number in range(2 * QUESTIONS)
        ]
    )
    plan = env.ref("vip_voice.plan_closing")
    plan.write({"active": True, "date_from": closed - timedelta(days=1)})
    env.cr.commit()


def ask_by_plan(env):
    """The jobs that plan who is asked, and ask, as their crons start them."""
    questions = env["vip.question"].with_context(**at_context(world.NOW))
    questions._cron_plan()
    questions._cron_ask()


def prepare_gifts(env):
    """Leave drafts of many agents to be posted while the month is closed."""
    _gifts(env)
    env.cr.commit()


def _gifts(env):
    users = env["res.users"].create(
        [
            {"name": f"Closed {number}", "login": f"closed.{number}"}
            for number in range(CLOSED_AGENTS)
        ]
    )
    return env["score.entry"].create(
        [
            {
                "kind": "award",
                "user_id": user.id,
                "points": 1 + number % 3,
                "reason": "Idea",
                "occurred_at": world.NOW,
            }
            for number, user in enumerate(users)
        ]
    )


def close_while_posting(env):
    """One worker posts drafts one by one, another closes their month meanwhile.

    Both begin anew after they collided, as the server lets a request do.
    """
    wait_for_the_others(env)
    [[closes]] = env.execute_query(SQL("SELECT pg_try_advisory_lock(%s)", CLOSER))
    env.cr.commit()
    if closes:
        while not env["score.entry"].search_count([("state", "=", "posted")]):
            env.cr.commit()
            env.invalidate_all()
            time.sleep(0.05)
        _insist(env, lambda: close(env))
        return
    entries = env["score.entry"].with_context(**at_context(world.NOW))
    for draft in entries.search([("state", "=", "draft")]):
        _insist(env, lambda draft=draft: draft._post(world.NOW))


def _insist(env, work):
    while True:
        try:
            work()
            env.cr.commit()
            return
        except (SerializationFailure, ConcurrencyError):
            env.cr.rollback()
            env.invalidate_all()


def close(env):
    """Close all months with points, as a manager does who sees that it is not done."""
    score_close.BATCH = CLOSE_BATCH
    at = world.NOW + timedelta(days=62)
    closes = env["score.close"].with_context(**at_context(at))
    months = [
        month
        for (month,) in env.execute_query(
            SQL("SELECT DISTINCT period FROM score_entry WHERE period < %s", at.date())
        )
    ]
    for month in sorted(months):
        domain = [("company_id", "=", env.company.id), ("month", "=", month)]
        record = closes.search(domain) or closes.create({"month": month})
        env.cr.commit()
        record._run(at, env.user)
        env.cr.commit()


def score_with_others(env):
    """Draft and post in small batches until nothing is left, beside other workers.

    Like the job, one begins anew after it collided with another.
    """
    wait_for_the_others(env)
    entries = env["score.entry"].with_context(**at_context(world.NOW))
    taken = 0
    while _unscored(env):
        try:
            drafted = entries._draft_from_breaches(at=world.NOW, limit=SCORE_BATCH)
            entries._due_drafts(world.NOW)._post(world.NOW)
            env.cr.commit()
            taken += drafted
        except (SerializationFailure, UniqueViolation, ConcurrencyError):
            env.cr.rollback()
    name = f"killed.taken.{os.getpid()}"
    env["ir.config_parameter"].set_param(name, str(taken))
    env.cr.commit()


def _unscored(env):
    env.cr.commit()
    env.invalidate_all()
    query = "SELECT FROM sla_breach WHERE scored_at IS NULL AND overrun_seconds > 0"
    env.cr.execute(SQL("SELECT EXISTS (%s)", SQL(query)))
    return env.cr.fetchone()[0]


def _facts(env, first_client):
    """Give each client figures of the month under review; some of them rise."""
    env.cr.execute(
        SQL(
            """
            INSERT INTO vip_activity (
                   company_id, partner_id, metric_id, month, value, rate,
                   value_company, version, recorded_at)
            SELECT %s, %s + i, m.id, %s, v.value, 1, v.value, 1, %s
              FROM generate_series(0, %s - 1) i
             CROSS JOIN (SELECT id FROM vip_metric WHERE code IN ('deposit', 'volume')) m
             CROSS JOIN LATERAL (
                   SELECT CASE WHEN i %% %s = 0 THEN 600000 ELSE 1 END) v(value)
            """,
            env.company.id,
            first_client,
            MONTH,
            world.NOW,
            CLIENTS,
            RISING,
        )
    )


def _file(env):
    """Leave a file to be imported in which every fiftieth row is wrong."""
    rows = ["client_ref,month,deposit,volume"]
    for i in range(CLIENTS):
        volume = "many" if i % 50 == 0 else i % 7
        rows.append(f"B{i:09},{NEXT_MONTH},{i % 1000}.25,{volume}")
    content = base64.b64encode("\n".join([*rows, ""]).encode())
    env["vip.activity.import"].create(
        {"name": "Killed", "file": content, "confirmed": True}
    )


def _client_file(env):
    """Leave a file of new and known clients waiting for the job."""
    rows = ["client_ref,name,phone,tier,tier_from"]
    for i in range(NEW_CLIENTS):
        day = f"2024-02-{i % 30 + 1:02}" if i % 10 == 0 else ""
        rows.append(f"N{i},New {i},{i},{'platinum' if day else ''},{day}")
    rows += [f"B{i:09},,{i},," for i in range(0, CLIENTS, 20)]
    content = base64.b64encode("\n".join([*rows, ""]).encode())
    record = env["vip.client.import"].create(
        {"name": "Killed", "file": content, "confirmed": True}
    )
    record._queue()


def _watched(env, policy, common):
    """Tickets opened 20 to 60 hours ago: some to be warned about, some missed.

    Some of them were moved to a pausing stage by SQL, which the job has to notice.
    """
    first = world.tickets(
        env,
        WATCHED_TICKETS,
        opened=SQL(
            "%s::timestamp - interval '20 hours' - i %% 2400 * interval '1 minute'",
            world.NOW,
        ),
        **common,
    )
    for metric, due_hours, warn_hours in (
        ("first_response", 40, 32),
        ("resolution", 80, 64),
    ):
        warn = SQL("t.opened_at + %s * interval '1 hour'", warn_hours)
        world.clocks(
            env,
            first,
            metric,
            policy,
            state=SQL("'running'"),
            due_at=SQL("t.opened_at + %s * interval '1 hour'", due_hours),
            warn_at=warn,
            next_event_at=warn,
        )
    env.cr.execute(
        SQL(
            "UPDATE helpdesk_ticket SET stage_id = %s WHERE id >= %s AND id %% 40 = 0",
            env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting").id,
            first,
        )
    )


def _late(env, policy, common):
    """Tickets answered up to 25 minutes too late; half of them can be posted."""
    first = world.tickets(
        env,
        LATE_TICKETS,
        opened=SQL(
            "%s::timestamp - (3 + i %% 4) * interval '1 day' - i * interval '1 minute'",
            world.NOW,
        ),
        **common,
    )
    overrun = SQL("(1 + i %% 25) * 60")
    due_at = SQL("t.opened_at + interval '40 hours'")
    world.clocks(
        env,
        first,
        "first_response",
        policy,
        state=SQL("'missed'"),
        due_at=due_at,
        stopped_at=SQL("%s + %s * interval '1 second'", due_at, overrun),
        overrun_seconds=overrun,
    )
    env.cr.execute("SELECT id FROM sla_clock WHERE state = 'missed'")
    env["sla.breach"]._record([row[0] for row in env.cr.fetchall()])


def _escalated(env, category, common):
    """Tickets that are late, whose level asks for another team and a higher priority."""
    head_office = env["helpdesk.ticket.team"].create({"name": "Head office"})
    level = {
        "raise_priority": "3",
        "reassign": "given",
        "reassign_team_id": head_office.id,
    }
    plan = env["sla.escalation"].create(
        {"name": "Killed", "level_ids": [Command.create(level)]}
    )
    policy = world.promise(env, category, calendar_mode="always", escalation_id=plan.id)
    policy.active = False  # no ticket is to be matched anew by it
    first = world.tickets(
        env,
        ESCALATED_TICKETS,
        opened=SQL("%s::timestamp - interval '41 hours'", world.NOW),
        **common,
    )
    due_at = SQL("t.opened_at + interval '40 hours'")
    world.clocks(
        env,
        first,
        "first_response",
        policy,
        state=SQL("'missed'"),
        due_at=due_at,
        warn_at=due_at,
        levels_fired=SQL("1"),
    )
    rows = env.execute_query(
        SQL(
            "SELECT id, company_id, level_ids FROM sla_clock WHERE ticket_id >= %s",
            first,
        )
    )
    env["sla.breach"]._record([row[0] for row in rows])
    env["sla.notice"]._fire([Fired(row[0], 0, 1, row[1], row[2]) for row in rows])
