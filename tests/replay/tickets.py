"""The incidents as tickets, event by event at their true times."""

from collections import defaultdict
from datetime import datetime

from . import log, names
from .ground import client_map, team_map, user_map

POSITION = "vip_replay.position"
#: The transaction is committed after this many minutes with events.
BATCH = 200
#: The tables that a replay fills.
GROWING = ("helpdesk_ticket", "sla_span", "vip_contact", "sla_clock", "sla_breach")

STAGES = {
    log.NEW: "helpdesk_mgmt.helpdesk_ticket_stage_new",
    log.ACTIVE: "helpdesk_mgmt.helpdesk_ticket_stage_in_progress",
    log.AWAITING_CLIENT: "helpdesk_mgmt.helpdesk_ticket_stage_awaiting",
    log.AWAITING_OTHERS: "sla_promise.stage_waiting_third_party",
    log.RESOLVED: "sla_promise.stage_solved",
    log.CLOSED: "helpdesk_mgmt.helpdesk_ticket_stage_done",
}
#: The categories of the service items are shipped under the names of the items.
CATEGORIES = "sla_promise.category_"
PHONE = "helpdesk_mgmt.helpdesk_ticket_channel_phone"


def replay_incidents(replay):
    """Replay minute by minute what is not replayed yet.

    All tickets opened in a minute are one create; tickets that get the same values in a
    minute are one write. How far it came is committed with each batch of minutes.
    """
    parameters = replay.env["ir.config_parameter"]
    position = parameters.get_param(POSITION, "")
    events = _minutes(replay)
    minutes = [at for at in events if at.isoformat() > position]
    writer = _Writer(replay)
    for count, at in enumerate(minutes, 1):
        writer.play(at, *events[at])
        if count % BATCH == 0 or at == minutes[-1]:
            replay.env.flush_all()
            parameters.set_param(POSITION, at.isoformat())
            # Tables that were empty have no statistics yet, and plans would be bad.
            replay.env.cr.execute(f"ANALYZE {', '.join(GROWING)}")
            replay.commit()
            replay.env.invalidate_all()


def _minutes(replay):
    """Return instant → (incidents opened then, [(incident, before, after)]), in order."""
    minutes = defaultdict(lambda: ([], []))
    for incident in replay.incidents:
        minutes[incident.opened][0].append(incident)
        for before, after in zip(incident.states, incident.states[1:], strict=False):
            minutes[after.at][1].append((incident, before, after))
    return dict(sorted(minutes.items()))


class _Writer:
    """Writes the events of one minute after the other."""

    def __init__(self, replay):
        self.model = replay.env["helpdesk.ticket"]
        self.company = replay.company
        self.stages = {key: replay.env.ref(xmlid).id for key, xmlid in STAGES.items()}
        self.channel_id = replay.env.ref(PHONE).id
        self.items = item_map(replay.env)
        self.users = user_map(replay)
        self.teams = team_map(replay)
        self.clients = client_map(replay)
        known = self.model.search_fetch([("number", "like", "INC%")], ["number"])
        self.ids = {ticket.number: ticket.id for ticket in known}

    def play(self, at: datetime, opened, changed):
        """Create the tickets ``opened`` and write the states ``changed`` at ``at``."""
        if opened:
            tickets = self.model._at(at).create([self._opening(i) for i in opened])
            self.ids.update(
                (incident.number, ticket.id)
                for incident, ticket in zip(opened, tickets, strict=True)
            )
        groups = defaultdict(list)
        for incident, before, after in changed:
            values = self._difference(before, after)
            groups[tuple(values.items())].append(self.ids[incident.number])
        for values, ids in groups.items():
            self.model._at(at).browse(ids).write(dict(values))
        self._tell(at, [incident for incident in opened if _done(incident.states[0])])
        self._tell(
            at,
            [i for i, before, after in changed if _done(after) and not _done(before)],
        )

    def _tell(self, at, incidents):
        """Tell the clients of resolved incidents, as the tool of that desk does.

        The log holds no messages.
        """
        ids = [self.ids[incident.number] for incident in incidents]
        self.model.browse(ids)._log_contact(at)

    def _opening(self, incident):
        item = self.items[incident.states[0].item]
        return {
            "number": incident.number,
            "name": names.in_words_of(names.client(incident.ref)["name"], item),
            "description": f"{incident.number}: {incident.caller}",
            "company_id": self.company.id,
            "partner_id": self.clients[incident.ref],
            "channel_id": self.channel_id,
            **self._values(incident.states[0]),
        }

    def _difference(self, before, after):
        """Return what changed. Team and user go together: each would move the other."""
        old, new = self._values(before), self._values(after)
        holder = ("team_id", "user_id")
        moved = any(old[name] != new[name] for name in holder)
        return {
            name: value
            for name, value in new.items()
            if value != old[name] or (moved and name in holder)
        }

    def _values(self, state):
        return {
            "stage_id": self.stages[state.stage],
            "team_id": self.teams.get(state.team, False),
            "user_id": self.users.get(state.user, False),
            "category_id": self.items[state.item].id,
            "priority": state.priority,
        }


def _done(state):
    return state.stage in (log.RESOLVED, log.CLOSED)


def item_map(env):
    """Return service item → category."""
    return {item: env.ref(f"{CATEGORIES}{item}") for item in log.ITEMS}
