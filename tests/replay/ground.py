"""The people and settings that the replay needs: company, ladder, users, teams, clients."""

from . import names
from .oracle import HAND_OVER, LADDER

#: The decider of the sample data: rises, falls and appeals are approved by this user.
MANAGER = "manager"


def prepare_company(replay):
    """Set what the bank and the desk of the logs have: Czech crowns, hours in UTC."""
    company = replay.company
    crown = replay.env.ref("base.CZK")
    if company.currency_id != crown:
        crown.active = True
        company.currency_id = crown
    company.resource_calendar_id.tz = "UTC"
    _set_ladder(replay)
    _promise_hand_overs(replay)


def _promise_hand_overs(replay):
    """Let this desk promise that a team takes what is passed to it within the hour."""
    name = "Hand-overs between teams"
    policies = replay.env["sla.policy"]
    if policies.search_count([("name", "=", name)], limit=1):
        return
    target = {"metric": "hand_over", "duration": HAND_OVER // 60, "unit": "minutes"}
    policies.create(
        {
            "name": name,
            "sequence": 90,
            "company_id": replay.company.id,
            "target_ids": [(0, 0, target)],
        }
    )


def _set_ladder(replay):
    """Give the shipped tiers the thresholds of this bank (an ordinary setting)."""
    tiers = replay.env["vip.tier"]._ladder(replay.company)
    for tier in tiers:
        limits = LADDER.get(tier.rank)
        for criterion in tier.criterion_ids if limits else ():
            money = criterion.metric_id.code == "deposit"
            limit = limits[0 if money else 1]
            if (criterion.qualify, criterion.retain) != (limit, limit):
                criterion.write({"qualify": limit, "retain": limit})


def make_users(replay):
    """Create the resolvers of the log as agents, and a service manager."""
    resolvers = sorted(
        {state.user for i in replay.all_incidents for state in i.states} - {None}
    )
    agent = replay.env.ref("helpdesk_mgmt.group_helpdesk_user_team")
    manager = replay.env.ref("vip_base.group_vip_manager")
    people = [(replay.login(name), names.person(name), agent) for name in resolvers]
    people.append((MANAGER, names.person(MANAGER), manager))
    make_people(replay, people)


def make_people(replay, people):
    """Create the missing ones of ``(login, name, group)``; in the demo the password is
    the login."""
    users = replay.env["res.users"]
    known = set(
        users.search([("login", "in", [row[0] for row in people])]).mapped("login")
    )
    # Without the chat robot's greeting over every first screen.
    quiet = {"odoobot_state": "disabled"} if "odoobot_state" in users._fields else {}
    users.create(
        [
            {
                **quiet,
                "login": login,
                "name": name,
                "email": f"{login}@example.com",
                "tz": "UTC",
                "group_ids": [(6, 0, group.ids)],
                **({"password": login} if _may_log_in(replay, login) else {}),
            }
            for login, name, group in people
            if login not in known
        ]
    )


def _may_log_in(replay, login):
    return replay.plan.is_demo and not login.startswith("resolver.")


def make_teams(replay):
    """Create the assignment groups as teams; members are all pairs that the log shows."""
    pairs = {
        (state.team, state.user)
        for incident in replay.all_incidents
        for state in incident.states
        if state.team
    }
    teams = replay.env["helpdesk.ticket.team"]
    company = replay.company
    known = set(teams.search([("company_id", "=", company.id)]).mapped("name"))
    user_ids = user_map(replay)
    teams.create(
        [
            {
                "name": name,
                "company_id": company.id,
                "show_in_portal": False,
                "user_ids": [
                    (6, 0, sorted(user_ids[u] for t, u in pairs if t == name and u))
                ],
            }
            for name in sorted({team for team, _user in pairs} - known)
        ]
    )


def make_clients(replay):
    """Create one client per reference of the activity log."""
    refs = sorted({fact.ref for fact in replay.facts})
    known = client_map(replay)
    replay.env["res.partner"].create(
        [names.client(ref) for ref in refs if ref not in known]
    )


def user_map(replay):
    """Return resolver of the log → user id."""
    resolvers = {s.user for i in replay.all_incidents for s in i.states} - {None}
    logins = {replay.login(name): name for name in resolvers}
    users = replay.env["res.users"].search([("login", "in", list(logins))])
    return {logins[user.login]: user.id for user in users}


def team_map(replay):
    """Return assignment group of the log → team id."""
    teams = replay.env["helpdesk.ticket.team"].search(
        [("company_id", "=", replay.company.id)]
    )
    return {team.name: team.id for team in teams}


def client_map(replay):
    """Return client reference → partner id."""
    partners = replay.env["res.partner"].search_fetch(
        [("client_number", "!=", False)], ["client_number"]
    )
    return {partner.client_number: partner.id for partner in partners}
