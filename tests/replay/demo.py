"""What a newcomer needs to walk around the demo: logins, advisers, requests of today."""

from datetime import timedelta

from . import log, names
from .ground import client_map, make_people, team_map, user_map
from .tickets import STAGES, item_map

ADVISERS = ("adviser", "adviser.2", "adviser.3")
#: (service item, minutes ago, stage, place of the client by total deposit)
TODAY = (
    ("opening_ordinary", 9, log.ACTIVE, 1),
    ("data_change", 21, log.ACTIVE, 2),
    ("password_reset", 4, log.NEW, 3),
    ("transfer", 26, log.AWAITING_CLIENT, 4),
    ("activation_ordinary", 95, log.ACTIVE, 5),
    ("closing", 12, log.NEW, 6),
    ("other", 40, log.ACTIVE, 700),
    ("data_change", 150, log.ACTIVE, 800),
    ("opening_ordinary", 2, log.NEW, 900),
)
#: Requests of the client in the portal: (service item, minutes ago, stage), the first
#: one late by then.
OWN = (
    ("transfer", 75, log.ACTIVE),
    ("other", 6, log.ACTIVE),
    ("opening_online", 12, log.AWAITING_CLIENT),
    ("authorisation_code", 50, log.CLOSED),
)
#: (entitlement, how many of the first Diamond clients used it, how often each)
USES = (
    ("vip_service.entitlement_concierge", 6, 2),
    ("vip_service.entitlement_bespoke_report", 4, 1),
    ("vip_service.entitlement_early_access", 3, 2),
    ("vip_service.entitlement_health_check", 9, 1),
)


def furnish(replay):
    """Create the logins, give key clients an adviser, record uses of entitlements."""
    adviser = replay.env.ref("vip_base.group_vip_adviser")
    auditor = replay.env.ref("vip_base.group_vip_auditor")
    people = [(login, names.person(login), adviser) for login in ADVISERS]
    make_people(replay, [*people, ("auditor", names.person("auditor"), auditor)])
    for number, login in enumerate(ADVISERS, 1):
        replay.user(login).phone = f"+86 21 5555 010{number}"
    clients = key_clients(replay)
    advisers = [replay.user(login).id for login in ADVISERS]
    for place, partner in enumerate(clients):
        if not partner.adviser_id:
            partner.adviser_id = advisers[place % len(advisers)]
    _open_portal(replay, clients)
    _use_entitlements(replay, clients)


def by_deposit(replay):
    """Return the clients by total deposit, greatest first."""
    total = {}
    for fact in replay.facts:
        total[fact.ref] = total.get(fact.ref, 0) + fact.deposit
    ids = client_map(replay)
    refs = sorted(total, key=lambda ref: (-total[ref], ref))
    return replay.env["res.partner"].browse([ids[ref] for ref in refs])


def key_clients(replay):
    """Return the clients above the lowest tier now: highest tier, then most deposits."""
    clients = by_deposit(replay)
    day = replay.company._vip_local_date(replay.plan.now)
    tiers = clients._tier_at(day, replay.company)
    return clients.filtered(lambda p: tiers[p.id].rank > 1).sorted(
        lambda p: -tiers[p.id].rank
    )


def _open_portal(replay, clients):
    """Let the key client with most requests into the portal as ``client``."""
    if replay.user("client"):
        return
    groups = replay.env["helpdesk.ticket"]._read_group(
        [("partner_id", "in", clients.ids)], ["partner_id"], ["__count"]
    )
    count = {partner.id: number for partner, number in groups}
    partner = max(clients, key=lambda p: count.get(p.id, 0))
    partner.email = "client@example.com"
    replay.env["res.users"].create(
        {
            "login": "client",
            "password": "client",
            "partner_id": partner.id,
            "group_ids": [(6, 0, replay.env.ref("base.group_portal").ids)],
        }
    )


def _use_entitlements(replay, clients):
    """Record some uses of entitlements in the last weeks, granted by the advisers."""
    uses = replay.env["vip.entitlement.use"]
    if uses.search_count([]):
        return
    today = replay.company._vip_local_date(replay.plan.now)
    for xmlid, count, times in USES:
        entitlement = replay.env.ref(xmlid)
        for place, partner in enumerate(clients[:count]):
            uses.with_user(partner.adviser_id).create(
                [
                    {
                        "entitlement_id": entitlement.id,
                        "partner_id": partner.id,
                        "company_id": replay.company.id,
                        "date": today - timedelta(days=3 * number + place + 1),
                    }
                    for number in range(times)
                ]
            )


def open_requests(replay):
    """Open a few requests of the last hours, so that there is something to work on."""
    tickets = replay.env["helpdesk.ticket"]
    channel = replay.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web")
    if tickets.search_count([("channel_id", "=", channel.id)]):
        return
    clients, items = by_deposit(replay), item_map(replay.env)
    own = replay.user("client").partner_id
    asked = [(*row[:3], clients[row[3]]) for row in TODAY]
    asked += [(*row, own) for row in OWN] if own else []
    user_id = user_map(replay)[replay.agent]
    team = _team_of(replay, user_id)
    for item, minutes, stage, client in asked:
        opened = replay.plan.now - timedelta(minutes=minutes)
        ticket = tickets._at(opened).create(
            {
                "name": names.in_words_of(client.name, items[item]),
                "description": names.in_words_of(client.name, items[item]),
                "company_id": replay.company.id,
                "partner_id": client.id,
                "channel_id": channel.id,
                "category_id": items[item].id,
                "team_id": team,
                "user_id": user_id if stage != log.NEW else False,
                "stage_id": replay.env.ref(STAGES[log.NEW]).id,
            }
        )
        if stage != log.NEW:
            later = opened + timedelta(minutes=minutes // 2)
            ticket._at(later).write({"stage_id": replay.env.ref(STAGES[stage]).id})


def _team_of(replay, user_id):
    """Return the team of the replay in which the user is."""
    teams = replay.env["helpdesk.ticket.team"].browse(team_map(replay).values())
    return teams.filtered(lambda team: user_id in team.user_ids.ids)[:1].id
