"""What a visitor of the demo finds at work beside the logs, made as people make it.

Nothing here changes a clock or a charge of the log's incidents: outages lie ahead or wait
for their approval, policies are tried and previewed.
"""

from datetime import datetime, time, timedelta

from . import names
from .demo import ADVISERS, _team_of, key_clients
from .ground import MANAGER, make_people, user_map
from .log import add_months

SECOND_MANAGER = "manager.2"
#: Clients of the group, by their place among the key clients.
FAMILY = (1, 3, 4)
#: Of so many key clients something is to be minded.
MINDED = 4
#: Reviews that are scored; the others wait for their reviewers.
SCORED = 3


def show(replay):
    """Make one thing of each kind, unless it is there already."""
    hire_second_manager(replay)
    for step in (
        *(_family, _mind, _outages, _draft_policy, _try_draft, _preview),
        *(_sample, _ask),
    ):
        step(replay)
        replay.env.flush_all()


def hire_second_manager(replay):
    """Let there be somebody who decides what the first manager proposes."""
    group = replay.env.ref("vip_base.group_vip_manager")
    person = names.person(SECOND_MANAGER)
    make_people(replay, [(SECOND_MANAGER, person, group)])


def _as(replay, login, model):
    """Return the model for somebody who acts now."""
    # The loader is imported before Odoo knows where our addons are.
    from odoo.addons.vip_base.tools.times import at_context

    user = replay.env.ref("base.user_admin") if login == "admin" else replay.user(login)
    env = replay.env(user=user.id, su=False)
    return env[model].with_context(**at_context(replay.plan.now))


def _family(replay):
    """Let three key clients be judged together from this month on."""
    groups = _as(replay, MANAGER, "vip.client.group")
    if groups.search_count([]):
        return
    clients = key_clients(replay)
    today = replay.company._vip_local_date(replay.plan.now)
    groups.create(
        {
            "name": "Household and family firm",
            "member_ids": [
                (
                    0,
                    0,
                    {
                        "partner_id": clients[place].id,
                        "consented_by": clients[place].name,
                        "consented_on": today - timedelta(days=7),
                        "date_from": today,
                        "evidence": "Letter with signature, filed at the branch.",
                    },
                )
                for place in FAMILY
            ],
        }
    )


def _mind(replay):
    """Let people note what is to be minded with the first key clients."""
    marks = _as(replay, MANAGER, "vip.client.mark")
    if marks.search_count([]):
        return
    today = replay.company._vip_local_date(replay.plan.now)
    hints = _as(replay, MANAGER, "vip.client.hint")
    checks = _as(replay, MANAGER, "vip.client.check")
    for place, client in enumerate(key_clients(replay)[:MINDED]):
        about = {"partner_id": client.id}
        hints.create({**about, "text": "Expects figures in lots, not in money"})
        marks.create(
            [
                {**about, "kind": "need", "text": "The monthly statement by the 3rd"},
                {**about, "kind": "preference", "text": "Is called before noon"},
            ]
        )
        if not place % 2:
            marks.create(
                {
                    **about,
                    "kind": "care",
                    "care": "disability",
                    "text": "Write, do not ring",
                    "consent": "By letter, filed at the branch",
                    "date_from": today - timedelta(days=60),
                }
            )
        checked = today - timedelta(days=340 + 10 * place)
        checks.create(
            {
                **about,
                "checked_on": checked,
                "next_on": checked + timedelta(days=365),
            }
        )


def _outages(replay):
    """Approve the maintenance of the coming Saturday; one of today waits for approval."""
    outages = _as(replay, MANAGER, "sla.outage")
    if outages.search_count([]):
        return
    now = replay.plan.now
    saturday = now.date() + timedelta(days=(5 - now.weekday()) % 7 or 7)
    night = datetime.combine(saturday, time(20))
    maintenance = outages.create(
        {
            "name": "Maintenance of the core banking system",
            "date_from": night,
            "date_to": night + timedelta(hours=4),
            "reason": "Planned change, announced to all clients a week before.",
        }
    )
    second = _as(replay, SECOND_MANAGER, "sla.outage")
    second.browse(maintenance.id).action_approve()
    second.create(
        {
            "name": "Telephone exchange down",
            "date_from": now - timedelta(minutes=70),
            "date_to": now - timedelta(minutes=25),
            "reason": "Failure at the telephone company, their report is attached "
            "to the ticket of the computer centre.",
        }
    )


def _draft_policy(replay):
    """Draft a longer limit for a policy, in force from the next month."""
    policy = _policy(replay)
    if policy._versions().filtered("is_draft"):
        return
    today = replay.company._vip_local_date(replay.plan.now)
    wizard = _as(replay, "admin", "sla.policy.new.version").create(
        {"policy_id": policy.id, "date_from": add_months(today.replace(day=1), 1)}
    )
    draft = wizard.env["sla.policy"].browse(wizard.action_make()["res_id"])
    resolution = draft.target_ids.filtered(lambda t: t.metric == "resolution")
    resolution.write({"duration": 1, "unit": "days"})


def _policy(replay):
    return replay.env.ref("sla_promise.policy_opening_ordinary_regular")


def _try_draft(replay):
    """Try the draft on the last months."""
    whatifs = _as(replay, MANAGER, "sla.whatif")
    if whatifs.search_count([]):
        return
    draft = _policy(replay)._versions().filtered("is_draft")
    whatif = whatifs.create({"months": 3, "draft_ids": [(6, 0, draft.ids)]})
    whatif.action_run()
    while whatif.state == "running" and whatif.sudo()._run_batch():
        replay.commit()


def _preview(replay):
    """Have a faster first response for open requests of very high priority previewed."""
    reapplies = _as(replay, "admin", "sla.reapply")
    if reapplies.search_count([]):
        return
    policies = _as(replay, "admin", "sla.policy")
    faster = policies.create(
        {
            "name": "Key clients: told of progress every 2 hours",
            "client_scope": "key",
            "sequence": 90,
            "target_ids": [
                (
                    0,
                    0,
                    {"metric": "update", "duration": 2, "unit": "hours"},
                )
            ],
        }
    )
    reapply = reapplies.create(
        {
            "policy_ids": [(6, 0, faster.ids)],
            "reason": "Key clients asked to hear from us while they wait.",
        }
    )
    reapply.action_preview()
    while reapply.state == "previewing" and reapply.sudo()._batch(replay.plan.now):
        replay.commit()


def _sample(replay):
    """Draw a quality sample of the agent's team and score the first reviews."""
    samples = _as(replay, MANAGER, "score.review.sample")
    agent_id = user_map(replay).get(replay.agent)
    if samples.search_count([]) or not agent_id:
        return
    today = replay.company._vip_local_date(replay.plan.now)
    reviewers = replay.env["res.users"].search([("login", "in", ADVISERS)], order="id")
    sample = samples.create(
        {
            "month": add_months(today.replace(day=1), -1),
            "card_id": replay.env.ref("sla_scoring.review_card").id,
            "team_ids": [(6, 0, [_team_of(replay, agent_id)])],
            "per_agent": 1,
            "per_team": 6,
            "reviewer_ids": [(6, 0, reviewers.ids)],
            "seed": 2024,
        }
    )
    if not sample.sudo()._drawn():
        return
    sample.action_draw()
    first = sample.review_ids.sudo().sorted("id").filtered(lambda r: not r.twin_id)
    for place, review in enumerate(first[:SCORED]):
        own = _as(replay, review.reviewer_id.login, "score.review").browse(review.id)
        for number, line in enumerate(own.line_ids):
            partly = not line.critical and number % 4 == place
            line.score = "partly" if partly else "met"
        own.action_submit()


def _ask(replay):
    """Let the agent ask to excuse a breach, contest a charge and claim a contribution."""
    agent = replay.user("agent")
    claims = _as(replay, "agent", "score.contribution")
    if not agent or claims.search_count([]):
        return
    claims.create(
        {
            "kind_id": replay.env.ref("sla_scoring.contribution_suggestion").id,
            "description": "Checklist for account openings, used by the whole team.",
        }
    )
    breaches = _as(replay, "agent", "sla.breach")
    breach = breaches.search(
        [("user_id", "=", agent.id), ("state", "=", "open")], limit=1
    )
    reason = replay.env["sla.breach.reason"].search([("excusable", "=", True)], limit=1)
    if breach and reason:
        _as(replay, "agent", "sla.excuse").create(
            {
                "breach_id": breach.id,
                "reason_id": reason.id,
                "evidence": "Three calls without an answer, see the call log.",
            }
        )
