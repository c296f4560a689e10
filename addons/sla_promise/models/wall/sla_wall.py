import time

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.tools.groups import ADMIN_GROUP
from odoo.addons.vip_base.tools.sql import NamesMany2many, NamesMany2one
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_service.engine.answer_link import fingerprint, new_key

from ...engine import states

#: Behind the "#" stands the key: it reaches no server's log.
PATH = "/wall"
#: For so many seconds all screens read what was counted once.
KEPT = 10
#: So many promises that are next to break are shown.
NEXT = 5
#: The figure that the wall shows.
FIGURE = "timeliness"
#: What was counted last: {(database, wall): (when, what)}; of this process alone.
_counted = {}


class SlaWall(models.Model):
    """A screen on the wall: figures of teams for all to see, and no client's name.

    It is opened by a link whose key is shown once; a new link revokes the one before.
    """

    _name = "sla.wall"
    _description = "Wall"
    _inherit = ["vip.audited"]
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True, help="One not in use shows nothing.")
    company_id = NamesMany2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    team_ids = NamesMany2many(
        "helpdesk.ticket.team", string="Teams", help="Empty: all of the company."
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        default=lambda self: self.env.lang or "en_US",
    )
    target = fields.Float(
        default=95,
        digits=(5, 1),
        help="The share of promises that is to be kept, in %.",
    )
    key_fingerprint = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    linked_at = fields.Datetime(string="Link made at", readonly=True, copy=False)

    _target_share = models.Constraint(
        "CHECK (target >= 0 AND target <= 100)", "A target is between 0 and 100 %."
    )
    _key_uniq = models.UniqueIndex("(key_fingerprint)")

    def _audited_fields(self):
        return {"name", "active", "company_id", "team_ids", "target", "linked_at"}

    # The link

    def action_new_link(self):
        """Make a link, show it once, and let the one before it open nothing any more."""
        self.ensure_one()
        self.check_access("write")
        key = new_key()
        # As superuser: nobody reads or writes the fingerprint of a key.
        self.sudo().write(
            {
                "key_fingerprint": fingerprint(key),
                "linked_at": event_time(self.env),
            }
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "sticky": True,
                "className": "text-break",
                "title": self.env._("This link is shown once"),
                "message": f"{self.get_base_url()}{PATH}#{key}",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_revoke(self):
        """Let the link open nothing any more."""
        if not self.env.user.has_group(ADMIN_GROUP):
            raise AccessError(self.env._("Administrators make and revoke links."))
        self.check_access("write")
        # As superuser: as above.
        self.sudo().write({"key_fingerprint": False, "linked_at": False})

    @api.model
    def _of_key(self, key):
        """Return the wall that a key opens, as superuser; empty: none."""
        if not key:
            return self.sudo().browse()
        # As superuser: who has the key may see what the wall shows.
        return self.sudo().search([("key_fingerprint", "=", fingerprint(key))], limit=1)

    # What it shows

    def _shown(self):
        """Return what the wall shows, counted once in :data:`KEPT` seconds."""
        self.ensure_one()
        place, now = (self.env.cr.dbname, self.id), time.monotonic()
        found = _counted.get(place)
        if (
            not found
            or now - found[0] >= KEPT
            or found[1]["version"] != self._version()
        ):
            found = _counted[place] = now, self._count(event_time(self.env))
        return found[1]

    def _version(self):
        terms = self.write_date, self.name, self.lang, self.target, self.team_ids.ids
        return repr(terms)

    def _count(self, at):
        """Count what the wall shows as of ``at`` (naive UTC)."""
        wall = self.with_context(lang=self.lang).with_company(self.company_id)
        tickets = wall._tickets()
        late = wall.env["helpdesk.ticket"].search(
            tickets & Domain("sla_due_at", "<", at)
        )
        return {
            "version": self._version(),
            "at": to_epoch(at),
            "name": wall.name,
            "lang": (self.lang or "en_US").replace("_", "-"),
            "zone": self.company_id._vip_zone(),
            "labels": wall._labels(),
            "late": len(late),
            "late_top": wall._top_text(late),
            "next": wall._next(tickets, at),
            **wall._kept(at),
        }

    def _tickets(self):
        """Return the domain of the tickets that this wall is about."""
        domain = Domain("company_id", "=", self.company_id.id)
        return (
            domain & Domain("team_id", "in", self.team_ids.ids)
            if self.team_ids
            else domain
        )

    def _top_text(self, tickets):
        """Return how many of these are of the highest tier, as text."""
        top = self.env["vip.tier"]._ladder(self.company_id)[-1:]
        count = len(
            tickets.filtered(lambda one: (one.sla_tier_id or one.vip_tier_id) == top)
        )
        return f"{count} {top.name}" if top and count else ""

    def _next(self, tickets, at):
        """Return the promises that are next to break."""
        clocks = self.env["sla.clock"].search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "=", states.RUNNING)
            & Domain("due_at", ">", at)
            & (
                Domain("ticket_id.team_id", "in", self.team_ids.ids)
                if self.team_ids
                else Domain.TRUE
            ),
            order="due_at, id",
            limit=NEXT,
        )
        return [
            {
                "due": to_epoch(clock.due_at),
                "soon": bool(clock.warn_at and clock.warn_at <= at),
                "tier": clock.tier_id.name or "",
                "shade": clock.tier_id.shade or 0,
                "what": clock._label(),
                "number": clock.ticket_id.number or "",
                "item": clock.ticket_id.category_id.name or "",
                "team": clock.ticket_id.team_id.name or "",
            }
            for clock in clocks
        ]

    def _kept(self, at):
        """Return the share of promises kept today, by team and in all, and of the month."""
        figures = self.env["vip.figure"]
        figure = figures._all()[FIGURE]
        company = self.company_id
        midnight = company._vip_midnight(company._vip_local_date(at))
        today = figures._since(company, FIGURE, midnight, "team_id")
        month = figures._since(
            company,
            FIGURE,
            company._vip_month_limits(company._vip_month(at))[0],
            "team_id",
        )
        teams = (
            self.team_ids
            or self.env["helpdesk.ticket.team"]
            .browse(team for team in today if team)
            .exists()
        )
        return {
            "target": self.target,
            "today": self._share(figure, self._sum(today)),
            "month": self._share(figure, self._sum(month)),
            "teams": [
                {"name": team.name, **self._share(figure, today.get(team.id))}
                for team in teams.sorted("name")
            ],
            "least": figure._least,
        }

    def _sum(self, found):
        """Return the numbers of the teams of this wall: parts and wholes add up."""
        if not self.team_ids:
            one = found.get(None)
            return (one.part or 0, one.of) if one else (0, 0)
        own = [found[team.id] for team in self.team_ids if team.id in found]
        return sum(one.part or 0 for one in own), sum(one.of for one in own)

    def _share(self, figure, numbers):
        """Return a share as it is shown, with whether it is judged and below the target."""
        if numbers is None:
            part = whole = 0
        elif isinstance(numbers, tuple):
            part, whole = numbers
        else:
            part, whole = numbers.part or 0, numbers.of
        value = 100 * part / whole if whole else None
        few = whole < figure._least
        return {
            "value": None if value is None else round(value, 1),
            "of": whole,
            "few": few,
            "below": bool(value is not None and not few and value < self.target),
        }

    def _labels(self):
        """Return the words of the page, in the wall's language."""
        return {
            "late": self.env._("Late now"),
            "next": self.env._("Next due"),
            "today": self.env._("Kept today"),
            "breaks": self.env._("Next to break"),
            "teams": self.env._("Kept today, by team"),
            "all": self.env._("All"),
            "below": self.env._("below target"),
            "month": self.env._("month"),
            "of": self.env._("of"),
            "judged": self.env._("so far, judged from"),
            "live": self.env._("live"),
            "stale": self.env._("no connection since"),
            "nothing": self.env._("nothing is due"),
            # The page puts the numbers in: what is left changes each second.
            "days": self.env._("[1] d [2] h"),
            "hours": self.env._("[1] h [2] min"),
            "minutes": self.env._("[1] min"),
            "seconds": self.env._("[1] min [2] s"),
        }
