"""One ticket at a time, as an agent works in the web client, beside the host alone.

Each step is what a click asks of the server. It begins with nothing in memory and ends
with all that a commit does but the commit. A form is read with the specification that the
web client makes of its view; that it is read again after each step is measured once.
That open screens are told is on a line of its own (``bench_live.py``).
"""

import contextlib
from datetime import date
from unittest.mock import patch

from lxml import etree

from . import world
from .bench import Line, side_by_side

ROUNDS = {"small": 1, "full": 41}
#: What a step may cost beside the host, and how many queries more opening may make.
CREATE, CHANGE, OPEN, QUERIES = 1.4, 1.15, 1.8, 8
STAGE = "helpdesk_mgmt.helpdesk_ticket_stage_"


def bench_steps(env, scale):
    with _both() as sides:
        for work, step, budget in (
            ("create", _Side.create, CREATE),
            (
                "move",
                lambda side: side.save(stage_id=side.stage("in_progress")),
                CHANGE,
            ),
            (
                "move, a pausing stage",
                lambda side: side.save(stage_id=side.stage("awaiting")),
                None,
            ),
            (
                "assign",
                lambda side: side.save(user_id=side.team.user_ids[1].id),
                CHANGE,
            ),
            (
                "move, and read the form again",
                lambda side: side.save(side.spec, stage_id=side.stage("in_progress")),
                None,
            ),
            ("answer", _Side.answer, CHANGE),
            ("answer, the client has a login", _Side.answer_to_login, None),
            ("open the form", _Side.open, OPEN),
        ):
            seconds = side_by_side(
                *(world.undone(side.env, _bound(step, side)) for side in sides),
                ROUNDS[scale],
            )
            yield Line(f"one ticket: {work}", seconds[1], seconds[0], budget)
        host, ours = (side.queries() for side in sides)
        yield Line(
            "one ticket: queries more to open it", ours - host, None, QUERIES, "queries"
        )


def _bound(step, side):
    return lambda: step(side)


@contextlib.contextmanager
def _both():
    with world.host_alone() as host, world.world("ours") as ours, untold(ours):
        yield _Side(host), _Side(ours)


def untold(env):
    """Let no screen be told of changes within the block."""
    return patch.object(type(env["vip.live"]), "_changed", lambda *_args, **_gone: None)


class _Side:
    """One of the two databases, with a ticket of a client and an agent at work on it.

    On ours the client holds a tier, and the ticket has four clocks.
    """

    def __init__(self, env):
        self.team = world.team(env)
        category = env["helpdesk.ticket.category"].create({"name": "Benchmark"})
        first = world.clients(env, 2)
        self.client, self.portal = env["res.partner"].browse((first, first + 1))
        if "sla.clock" in env:
            world.promise(env, category, count=4)
            self._hold_tier(env)
        env["res.users"].with_context(no_reset_password=True).create(
            {
                "name": "Client",
                "login": "client",
                "partner_id": self.portal.id,
                "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
            }
        )
        # The agent's own context, as the session has it.
        agent = self.team.user_ids[0]
        self.env = env(user=agent, context=agent.with_user(agent).context_get())
        self.spec = form_spec(self.env["helpdesk.ticket"])
        self.values = {
            "name": "Request",
            "description": "<p>Please</p>",
            "partner_id": self.client.id,
            "partner_name": "Client 0",
            "partner_email": "client0@example.com",
            "team_id": self.team.id,
            "category_id": category.id,
            "priority": "2",
        }
        tickets = self.env["helpdesk.ticket"]
        made = tickets.create(
            [dict(self.values), {**self.values, "partner_id": self.portal.id}]
        )
        # A request knows nothing of other tickets.
        self.ticket, self.of_portal = (tickets.browse(id_) for id_ in made.ids)
        if "sla.clock" in env:
            assert len(self.ticket.clock_ids) == 4, "each ticket has four clocks"
            assert self.ticket.vip_tier_id, "the client holds a tier"
        world.analyze(env)
        # A server forgets nothing for what was written before it worked.
        env.registry.signal_changes()

    def _hold_tier(self, env):
        tier = env["vip.tier"]._ladder(env.company)[1]
        env["vip.tier.membership"].create(
            {
                "company_id": env.company.id,
                "partner_id": self.client.id,
                "tier_id": tier.id,
                "date_from": date(2024, 1, 1),
            }
        )

    def stage(self, name):
        return self.env.ref(STAGE + name).id

    def create(self):
        self.env["helpdesk.ticket"].web_save(dict(self.values), {})

    def save(self, spec=None, **values):
        self.ticket.web_save(values, spec or {})

    def answer(self, ticket=None):
        ticket = ticket or self.ticket
        ticket.message_post(
            body="We look into it",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=ticket.partner_id.ids,
        )

    def answer_to_login(self):
        self.answer(self.of_portal)

    def open(self):
        self.ticket.web_read(self.spec)

    def queries(self):
        """Return how many queries opening the ticket makes."""
        self.env.cr.rollback()
        before = self.env.cr.sql_log_count
        self.open()
        return self.env.cr.sql_log_count - before


def form_spec(model):
    """Return with which specification the web client reads the form of ``model``."""
    arch = model.get_views([(False, "form")])["views"]["form"]["arch"]
    return _spec(model, etree.fromstring(arch))


def _spec(model, arch):
    spec = {}
    for node in arch.xpath(".//field[not(ancestor::field)]"):
        name = node.get("name")
        field = model._fields[name]
        read = spec.setdefault(name, {})
        hidden = node.get("invisible") in ("1", "True")
        if field.type == "many2one":
            read["fields"] = {} if hidden else {"display_name": {}}
        elif field.type in ("one2many", "many2many") and not hidden:
            shown = _shown(node)
            lines = model.env[field.comodel_name]
            inside = None if shown is None else _spec(lines, _root(shown))
            if node.get("widget", "").startswith("many2many_tags"):
                inside = {"display_name": {}}
            if inside:
                read.update(fields=inside, limit=40, context={})
    return spec


def _shown(node):
    """Return the view within a field that the web client shows on a wide screen."""
    modes = node.get("mode", "list,kanban").split(",")
    return next((child for child in node if child.tag in modes), None)


def _root(node):
    """Return a copy of a view as a document of its own."""
    return etree.fromstring(etree.tostring(node))
