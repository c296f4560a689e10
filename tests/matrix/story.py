"""What people leave in a database with an addon: a little of everything.

``STORIES`` names what is told of each addon, bottom-up; each story finds or makes the
people and clients that it needs, so that any addon may be told of alone. An addon that is
not named has no story.
"""

import base64
from datetime import timedelta

from odoo.fields import Command

#: So late is the ticket solved that is charged.
LATE = timedelta(hours=5)


class Scene:
    """Where and when a story takes place: last month, told to its end now."""

    def __init__(self, env):
        self.env = env(
            context={
                **env.context,
                "no_reset_password": True,
                "mail_notify_force_send": False,
            }
        )
        self.company = self.env.company
        self.now = self.env.cr.now().replace(microsecond=0)
        self.month = self.now.date().replace(day=1)
        self.last = (self.month - timedelta(days=1)).replace(day=1)
        self.before = (self.last - timedelta(days=1)).replace(day=1)

    def ref(self, xmlid):
        return self.env.ref(xmlid)

    def at(self, at, model, user=None):
        """Return a model (or records) whose changes happen at ``at``, by ``user``."""
        # Only where the addon is installed that has it.
        from odoo.addons.vip_base.tools.times import at_context

        records = self.env[model] if isinstance(model, str) else model
        return records.with_user(user or self.env.user).with_context(**at_context(at))

    def day(self, number, hour=9):
        """Return an instant of a day of last month, counted from 1."""
        first = self.now.replace(
            *self.last.timetuple()[:3], hour=hour, minute=0, second=0
        )
        return first + timedelta(days=number - 1)

    def person(self, login, group):
        """Return the user of that login, who is one of the group."""
        users = self.env["res.users"]
        return users.search([("login", "=", login)]) or users.create(
            {
                "name": login.title(),
                "login": login,
                "email": f"{login}@example.com",
                "group_ids": [
                    Command.link(self.ref("base.group_user").id),
                    Command.link(self.ref(group).id),
                ],
            }
        )

    @property
    def agent(self):
        return self.person("agent", "helpdesk_mgmt.group_helpdesk_user_team")

    @property
    def manager(self):
        return self.person("manager", "vip_base.group_vip_manager")

    @property
    def second(self):
        return self.person("second", "vip_base.group_vip_manager")

    @property
    def admin(self):
        return self.person("administrator", "vip_base.group_vip_admin")

    @property
    def client(self):
        partners = self.env["res.partner"]
        return partners.search([("client_number", "=", "M-1")]) or partners.create(
            {
                "name": "Matrix Trading",
                "email": "client@example.com",
                "client_type": "end",
                "client_number": "M-1",
                "adviser_id": self.manager.id,
            }
        )

    @property
    def team(self):
        teams = self.env["helpdesk.ticket.team"]
        return teams.search([("name", "=", "Matrix")]) or teams.create(
            {
                "name": "Matrix",
                "user_id": self.manager.id,
                "user_ids": [Command.set(self.agent.ids)],
            }
        )

    def ticket(self, at, **values):
        """Return a ticket of the client that was opened at ``at``."""
        return self.at(at, "helpdesk.ticket").create(
            {
                "name": "Please",
                "description": "Please",
                "partner_id": self.client.id,
                "team_id": self.team.id,
                "user_id": self.agent.id,
                **values,
            }
        )


# VIP Base


def leave(scene):
    """A manager enters the leave of a colleague; the log keeps a line."""
    scene.at(scene.day(2), "resource.calendar.leaves", scene.manager).create(
        {
            "name": "Holiday",
            "agent_id": scene.second.id,
            "date_from": scene.day(20),
            "date_to": scene.day(20, 17),
        }
    )
    log = scene.env["vip.audit.log"]
    log._record(scene.company, "changed", new={"name": scene.company.name})


# VIP Service


def activity(scene):
    """Facts and clients come in files; a figure is entered by hand."""
    scene.client.phone = "1"
    for model, rows in (
        ("vip.client.import", ["client_ref,name,tier", "M-2,Second,platinum", ",,"]),
        (
            "vip.activity.import",
            [
                "client_ref,month,deposit,volume",
                f"M-1,{scene.before:%Y-%m},1200000,800",
                f"M-2,{scene.before:%Y-%m},10,many",
            ],
        ),
    ):
        text = base64.b64encode("\n".join([*rows, ""]).encode())
        scene.env[model].with_user(scene.admin).create(
            {"name": model, "file": text, "file_name": "file.csv"}
        ).action_import()
    scene.env["vip.activity"].create(
        {
            "partner_id": scene.client.id,
            "metric_id": scene.ref("vip_service.metric_deposit").id,
            "month": scene.last,
            "value": 5,
        }
    )


def tiers(scene):
    """A review proposes, people decide; a threshold is edited; rules are tried."""
    review = scene.env["vip.tier.review"].search([], limit=1)
    if review:  # of the demo data, which knows nothing of our client
        review.change_ids.with_user(scene.manager)._approve(at=scene.now)
        changes = scene.at(scene.day(1), "vip.tier.change", scene.manager)
        tier = scene.ref("vip_service.tier_platinum")
        changes.create(
            {"partner_id": scene.client.id, "to_tier_id": tier.id, "reason": "Agreed"}
        ).with_user(scene.second)._approve(at=scene.day(1))
    else:
        review = review.create({"month": scene.before})
        review._run(at=scene.day(1, 2))
        review.change_ids.with_user(scene.manager)._approve(at=scene.day(1))
    changes = scene.at(scene.now, "vip.tier.change", scene.manager)
    other = scene.env["res.partner"].create({"name": "Guest", "client_type": "end"})
    override = changes.create(
        {
            "partner_id": other.id,
            "to_tier_id": scene.ref("vip_service.tier_diamond").id,
            "override_until": scene.now.date() + timedelta(days=90),
            "reason": "A guest of the board",
        }
    )
    override.with_user(scene.second)._approve(at=scene.now)
    _ask_more(scene)
    scene.env["vip.tier.backtest"].with_user(scene.manager).create(
        {"month_from": scene.before, "months": 1}
    ).action_run()
    scene.env["vip.client.group"].with_user(scene.manager).create(
        {
            "name": "Family",
            "member_ids": [
                Command.create(
                    {
                        "partner_id": scene.client.id,
                        "consented_by": "Matrix",
                        "consented_on": scene.last,
                        "date_from": scene.now.date(),
                        "evidence": "Letter",
                    }
                )
            ],
        }
    )


def _ask_more(scene):
    """The ladder asks more from today on: one prepares it, another puts it in force."""
    versions = scene.at(scene.now, "vip.ladder.version", scene.admin)
    owner = versions._ladder_owner(scene.env.company)
    draft = versions._draft(owner, scene.now.date(), "More deposits")
    draft.rung_ids[-1].criterion_ids[0].qualify += 1
    draft.action_propose()
    draft.with_user(scene.manager).action_put_in_force()


def entitlements(scene):
    """A right of the own tier is used, which opens a ticket; a shipped one as well."""
    item = scene.env["helpdesk.ticket.category"].create({"name": "Travel"})
    own = scene.env["vip.entitlement"].create(
        {
            "name": "Train",
            "tier_id": scene.ref("vip_service.tier_platinum").id,
            "category_id": item.id,
        }
    )
    shipped = scene.env["vip.entitlement"].search([("quota", "=", 0)], limit=2)
    scene.env["vip.entitlement.use"].create(
        [
            {
                "entitlement_id": right.id,
                "partner_id": scene.client.id,
                "date": scene.now.date(),
            }
            for right in own | shipped
        ]
    )


def asked(scene):
    """A colleague is to call the client, a note with a file is on their page."""
    scene.client.activity_schedule(
        "mail.mail_activity_data_call", user_id=scene.manager.id
    )
    scene.client.with_user(scene.manager).message_post(
        body="Likes trains", attachments=[("ticket.txt", b"1st class")]
    )
    scene.ticket(scene.now)


def answers(scene):
    """A client is asked and answers; a file of others is not imported yet."""
    ticket = scene.ticket(scene.now)
    template = scene.env["mail.template"].search([], limit=1)
    question = scene.env["vip.question"]._queue(ticket, [template], scene.now)
    scene.env["vip.question.key"]._issue(question)
    attitude = scene.ref("vip_service.dimension_attitude")
    give = scene.env["vip.answer"]._give
    give(question, 4, "mail", scene.now, "Quick", {attitude: 5})
    header = b"ticket,answered_at,grade,channel,source\n"
    scene.at(scene.now, "vip.answer.import", scene.manager).create(
        {"file": base64.b64encode(header)}
    )


def minded(scene):
    """What is to be minded with a client: hints, rules, health, needs, a check."""
    day, at = scene.now.date(), scene.now
    rule = scene.env["vip.key.point.rule"].create(
        {
            "name": "Call them",
            "condition_ids": [
                Command.create({"measure": "open", "operator": "least", "value": 0})
            ],
        }
    )
    about = {"partner_id": scene.client.id}
    hint = scene.at(at, "vip.client.hint", scene.manager)
    hint.create({**about, "text": "Likes trains"})
    page = scene.at(at, scene.client, scene.manager)
    keys = [point["key"] for point in page.client_360_section("key_points")["items"]]
    page.key_points_shown(keys)
    page.key_point_said(f"rule:vip.key.point.rule,{rule.id}", "done")
    scene.at(at, "vip.client.mark", scene.manager).create(
        {**about, "kind": "care", "care": "age", "text": "Write", "consent": "Letter"}
    )
    scene.at(at, "vip.client.check", scene.manager).create(
        {**about, "checked_on": day, "next_on": day + timedelta(days=365)}
    )
    scene.at(at, "vip.health.override", scene.manager).create(
        {**about, "state": "watch", "reason": "Moves abroad", "date_to": day}
    )
    backtest = scene.at(at, "vip.health.backtest", scene.manager)
    backtest.create({"month_from": scene.last, "months": 1}).action_run()


# Working Time


def holidays(scene):
    """A country's holidays and make-up days are loaded, one is made by hand."""
    china = scene.ref("base.cn")
    calendar = scene.company.resource_calendar_id
    load = scene.env["resource.holiday.load"].with_user(scene.admin)
    load.create(
        {"country_id": china.id, "year_from": 2024, "year_to": 2024}
    ).action_load()
    saturday = scene.day(1) + timedelta(days=(5 - scene.last.weekday()) % 7)
    scene.env["resource.makeup.day"].create(
        {
            "name": "Stocktaking",
            "date": saturday.date(),
            "calendar_id": calendar.id,
            "company_id": scene.company.id,
        }
    )


# SLA Promises


def policies(scene):
    """The company has its own plan of escalation, and promises of its own."""
    plan = scene.env["sla.escalation"].create(
        {
            "name": "Ours",
            "level_ids": [
                Command.create(
                    {"moment": "percent", "amount": 80, "tell_handler": True}
                ),
                Command.create({"tell_handler": True, "tell_leader": True}),
            ],
        }
    )
    scene.company.write(
        {
            "sla_escalation_id": plan.id,
            "sla_head_office_team_id": scene.team.id,
            "sla_head_office_user_id": scene.manager.id,
        }
    )
    item = scene.env["helpdesk.ticket.category"].create(
        {
            "name": "Matrix item",
            "parent_id": scene.ref("sla_promise.category_opening_ordinary").id,
        }
    )
    metrics = {"first_response": 30, "resolution": 60, "update": 40}
    scene.env["sla.policy"].with_user(scene.admin).create(
        {
            "name": "Around the clock",
            "category_ids": [Command.set(item.ids)],
            "channel_ids": [
                Command.set(scene.env["helpdesk.ticket.channel"].search([]).ids)
            ],
            "target_ids": [
                Command.create(
                    {
                        "metric": metric,
                        "duration": duration,
                        "calendar_mode": "always",
                        "escalation_id": plan.id,
                        "item_limit": metric == "resolution",
                    }
                )
                for metric, duration in metrics.items()
            ]
            + [Command.create({"metric": "feedback", "no_promise": True})],
        }
    )
    policy = scene.ref("sla_promise.policy_opening_ordinary_regular")
    wizard = scene.env["sla.policy.new.version"].with_user(scene.admin)
    wizard.create(
        {"policy_id": policy.id, "date_from": scene.now.date() + timedelta(days=40)}
    ).action_make()
    policy.action_check_coverage()


def promises(scene):
    """Tickets are kept, late, waiting and open; what is late is told and excused."""
    item = scene.env["helpdesk.ticket.category"].search([("name", "=", "Matrix item")])
    values = {
        "category_id": item.id,
        "channel_id": scene.env["helpdesk.ticket.channel"].search([])[-1].id,
    }
    opened = scene.day(8)
    late, contested, excused = (scene.ticket(opened, **values) for _ in range(3))
    for ticket in late, contested, excused:
        scene.at(opened + LATE, ticket).stage_id = scene.ref("sla_promise.stage_solved")
    waiting = scene.ticket(scene.now - timedelta(minutes=200), **values)
    scene.at(scene.now - timedelta(minutes=190), waiting).stage_id = scene.ref(
        "sla_promise.stage_waiting_third_party"
    )
    shipped = {"category_id": scene.ref("sla_promise.category_opening_ordinary").id}
    fresh = scene.ticket(scene.now - timedelta(minutes=10), **shipped)
    scene.ticket(scene.now - timedelta(minutes=100), **values)
    scene.env["sla.clock"]._process_due(scene.now)
    scene.at(scene.now, waiting, scene.agent)._log_contact_by_hand(
        "call", scene.now - timedelta(minutes=30), "Said that it takes longer"
    )
    scene.at(scene.now, fresh, scene.agent).message_post(
        body="Asked the bank", message_type="comment", subtype_xmlid="mail.mt_note"
    )
    owed = fresh.clock_ids.filtered(lambda clock: clock.state == "running")[:1]
    scene.at(scene.now, "sla.extension", scene.agent).create(
        {"clock_id": owed.id, "duration": 1, "unit": "hours", "reason": "Bank closed"}
    ).with_user(scene.second).action_approve()
    breach = scene.env["sla.breach"].search(
        [("ticket_id", "=", excused.id), ("metric", "=", "resolution")]
    )
    reason = scene.env["sla.breach.reason"].search([("excusable", "=", True)], limit=1)
    scene.env["sla.excuse"].with_user(scene.agent).create(
        {"breach_id": breach.id, "reason_id": reason.id, "evidence": "Power cut"}
    ).with_user(scene.second).action_approve()


def outages(scene):
    """An outage of today is approved; policies are tried and applied again."""
    scene.at(scene.now, "sla.outage", scene.manager).create(
        {
            "name": "Line down",
            "reason": "The provider said so",
            "date_from": scene.now - timedelta(minutes=50),
            "date_to": scene.now - timedelta(minutes=20),
            "category_ids": [
                Command.set(scene.ref("sla_promise.category_opening_ordinary").ids)
            ],
        }
    ).with_user(scene.second).action_approve()
    whatif = scene.env["sla.whatif"].with_user(scene.manager).create({"months": 2})
    whatif.action_run()
    policies = scene.env["sla.policy"].with_user(scene.admin)
    closer = policies.search([("name", "=", "Around the clock")]).copy(
        {"name": "Faster", "team_ids": [Command.set(scene.team.ids)]}
    )
    closer.target_ids.filtered(lambda t: not t.no_promise).duration = 20
    reapply = (
        scene.env["sla.reapply"]
        .with_user(scene.admin)
        .create({"policy_ids": [Command.set(closer.ids)], "reason": "As agreed"})
    )
    reapply.action_preview()
    scene.env["sla.start"].with_user(scene.admin).create({}).action_start()


# SLA Scoring


def points(scene):
    """Lateness is charged and contested; errors, contributions and gifts are booked."""
    entries = scene.env["score.entry"]
    posted = scene.day(20)
    while entries._draft_from_breaches(at=posted):
        pass
    entries.search([("state", "=", "draft")])._post(posted)
    own = [("breach_id", "!=", False), ("user_id", "=", scene.agent.id)]
    charge = entries.search(own, limit=1)
    appeal = scene.at(posted, "score.appeal", scene.agent).create(
        {"entry_id": charge.id, "reason_code": "wrong_time", "reason": "It was on hold"}
    )
    appeal = appeal.with_user(scene.second)
    appeal.comment = "Seen in the log"
    appeal._decide("upheld", at=posted)
    scene.at(posted, "score.error.report", scene.manager).create(
        {
            "user_id": scene.agent.id,
            "category_id": scene.ref("sla_scoring.error_information").id,
            "evidence": "Told the client the wrong fee",
            "occurred_at": scene.day(10),
        }
    )
    scene.at(posted, "score.contribution", scene.agent).create(
        {
            "kind_id": scene.ref("sla_scoring.contribution_suggestion").id,
            "description": "A shorter form",
            "occurred_at": scene.day(11),
        }
    ).with_user(scene.manager).action_approve()
    entries.create(
        {
            "kind": "award",
            "user_id": scene.agent.id,
            "points": 1,
            "reason": "Idea",
            "occurred_at": scene.day(12),
        }
    )._post(posted)


def reviews(scene):
    """Tickets are drawn for review and one of them is scored."""
    reviewers = scene.manager + scene.second
    sample = (
        scene.env["score.review.sample"]
        .with_user(scene.manager)
        .create(
            {
                "month": scene.last,
                "card_id": scene.ref("sla_scoring.review_card").id,
                "per_agent": 1,
                "reviewer_ids": [Command.set(reviewers.ids)],
            }
        )
    )
    sample.action_draw()
    review = sample.review_ids.sudo()[:1]
    own = review.with_user(review.reviewer_id)
    own.line_ids.score = "met"
    own.action_submit()


def cards(scene):
    """Last month is closed without what still waits, with all that follows from it."""
    scene.env["score.measure.rule"].create(
        {"name": "Limit", "company_id": scene.company.id, "threshold": 0.1}
    )
    scene.env["score.card"]._make_drafts(scene.company, scene.last)
    closes = scene.at(scene.now, "score.close", scene.manager)
    close = closes.create({"month": scene.last})
    close.close_leaving_out("The reviewers are away")
    close.with_user(scene.second).action_confirm()
    scene.env["score.card"]._make_drafts(scene.company, scene.month)


# Glue


def taken_over(scene):
    """The helpdesk's own SLA is taken over with its open states."""
    scene.team.use_sla = True
    scene.env["helpdesk.sla"].create(
        {
            "name": "Solve in a day",
            "days": 1,
            "team_ids": [Command.set(scene.team.ids)],
            "stage_id": scene.ref("helpdesk_mgmt.helpdesk_ticket_stage_done").id,
        }
    )
    scene.ticket(scene.now)
    wizard = scene.env["sla.takeover"].with_user(scene.admin)
    wizard.create({"in_force": True}).action_take_over()


def voice(scene):
    """A plan asks about a closing, the client answers badly and gets a ticket."""
    plan = scene.ref("vip_voice.plan_closing")
    plan.with_user(scene.admin).write(
        {
            "active": True,
            "date_from": scene.now - timedelta(days=6),
            "quota_ids": [
                Command.create(
                    {"tier_id": scene.ref("vip_service.tier_diamond").id, "most": 9}
                )
            ],
        }
    )
    ticket = scene.ticket(scene.now - timedelta(hours=3))
    done = scene.ref("sla_promise.stage_solved")
    scene.at(scene.now - timedelta(hours=1), ticket).stage_id = done
    questions = scene.env["vip.question"].sudo()
    questions._plan_closings(scene.company, scene.now)
    question = questions.search([("ticket_id", "=", ticket.id)])
    answer = scene.env["vip.answer"]._give(question, 1, "mail", scene.now, "Too slow")
    feedback = scene.env["vip.feedback"].search([("answer_id", "=", answer.id)])
    exchange = scene.env["vip.regulator"].create({"name": "Exchange"})
    complaints = scene.at(scene.now, "vip.complaint", scene.manager)
    complaint = complaints.create(
        {
            "name": "Too slow",
            "ticket_id": feedback.ticket_id.id,
            "reason": "Wants an answer in writing",
            "regulator_ids": [Command.set(exchange.ids)],
            "action_ids": [Command.create({"name": "Call", "evidence": "the call"})],
        }
    )
    complaint.action_ids.action_done()
    causes = scene.at(scene.now, "vip.case.cause", scene.manager)
    causes.create(
        {
            "ticket_id": complaint.ticket_id.id,
            "cause_id": scene.ref("vip_voice.cause_process").id,
        }
    )
    scene.env["vip.complaint.say"].with_user(scene.manager).create(
        {"complaint_id": complaint.id, "step": "reexamine", "words": "No"}
    )


def improvements(scene):
    """Something is improved and looked at again."""
    at = scene.now - timedelta(days=60)
    item = scene.env["helpdesk.ticket.category"].create({"name": "Improved item"})
    made = scene.at(at, "vip.improvement", scene.manager).create(
        {
            "name": "Book once",
            "owner_id": scene.agent.id,
            "recheck_on": scene.now.date(),
            "category_ids": [Command.set(item.ids)],
            "action_ids": [Command.create({"name": "Cut-off", "evidence": "Seen"})],
        }
    )
    scene.at(at, made.action_ids, scene.manager).action_done()
    scene.at(scene.now, made, scene.second).action_recheck()


def repeated(scene):
    """A cause is armed and has an improvement."""
    cause = scene.ref("vip_voice.cause_process")
    cause.write(
        {"repeat_owner_id": scene.manager.id, "is_armed": True, "repeat_cases": 1}
    )
    cause._open_repeated(scene.company, scene.now)


def questionnaire(scene):
    """A client who has answered finishes the longer questionnaire, too."""
    scale = {"question_type": "scale", "scale_min": 1, "scale_max": 5}
    survey = scene.env["survey.survey"].create(
        {
            "title": "Matrix",
            "question_and_page_ids": [
                Command.create({"title": "All in all?", **scale}),
                Command.create({"title": "How kind?", **scale}),
            ],
        }
    )
    whole, kind = survey.question_ids
    kind.vip_dimension_id = scene.ref("vip_service.dimension_attitude")
    plan = scene.ref("vip_voice.plan_closing")
    plan.write({"survey_id": survey.id, "survey_grade_id": whole.id})
    inputs = scene.env["survey.user_input"].sudo()
    inputs._offer(
        scene.env["vip.question"].search([("plan_id", "=", plan.id)], limit=1)
    )
    offered = inputs.search([("survey_id", "=", survey.id)], limit=1)
    offered._save_lines(whole, "4")
    offered._mark_done()


STORIES = {
    "vip_base": (leave,),
    "resource_worktime": (holidays,),
    "vip_service": (activity, tiers, entitlements, asked, answers, minded),
    "sla_promise": (policies, promises, outages),
    "sla_scoring": (points, reviews, cards),
    "vip_voice": (voice,),
    "vip_improvement": (improvements,),
    "vip_improvement_vip_voice": (repeated,),
    "vip_voice_survey": (questionnaire,),
    "sla_promise_helpdesk_mgmt_sla": (taken_over,),
}
