from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.vip_base.tools.links import rows_link
from odoo.addons.vip_base.tools.reason import said
from odoo.addons.vip_base.tools.stake import Line
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import written_amount

#: So many rows stand on the page; those with a flag come first, the others are counted.
SHOWN = 200
#: A fall is near the line from this share of it on.
NEAR = 0.9


class VipTierChange(models.Model):
    """Deciding on many tier changes at once, with what they do in sight.

    Those that need a look have flags and come first; approving takes the others, or all
    with a reason where an adviser is not in favour.
    """

    _inherit = "vip.tier.change"

    def action_together(self):
        """Open the page on which these are decided together."""
        waiting = self.filtered(lambda change: change.state == "proposed")
        return {
            "type": "ir.actions.client",
            "tag": "vip_service.together",
            "name": self.env._("Decide %s together", len(waiting)),
            "context": {"change_ids": waiting.ids},
        }

    @api.model
    def together_waiting(self):
        """Return the ids of what waits for others than the current user's proposals."""
        company = Domain("company_id", "=", self.env.company.id)
        return self.search(self._awaiting_domain() & company).ids

    # What the page shows

    def together_page(self):
        """Return what the page on which these are decided together shows.

        :return: ``rows`` (flagged first, at most :data:`SHOWN`), ``ids`` of all with
            ``flagged`` and ``opposed`` among them, ``counts``, ``flow`` between tiers,
            ``advisers`` with their clients now and after, ``effects``, the first ``day``
        """
        self.check_access("read")
        changes = self.exists().filtered(lambda change: change.state == "proposed")
        flags = changes._together_flags()
        changes = changes.sorted(lambda change: (not flags.get(change.id), -change.id))
        names = changes._evidence_names()
        day = self.env.company._vip_local_date(event_time(self.env))
        return {
            "ids": changes.ids,
            "flagged": [change.id for change in changes if flags.get(change.id)],
            "opposed": [change.id for change in changes if change._is_opposed()],
            "rows": [
                change._together_row(flags.get(change.id, []), names)
                for change in changes[:SHOWN]
            ],
            "counts": changes._together_counts(flags),
            "flow": changes._together_flow(),
            "advisers": changes._together_advisers(),
            "effects": [line.told() for line in changes._together_effects()],
            "today": fields.Date.to_string(day),
            "day": fields.Date.to_string(day + timedelta(days=1)),
        }

    def _together_row(self, flags, names):
        labels = dict(self._fields["opinion"]._description_selection(self.env))
        # As superuser: names alone.
        adviser = self.sudo().partner_id.adviser_id
        bar = self._bar()
        return {
            "id": self.id,
            "name": self.partner_id.display_name,
            "partner_id": self.partner_id.id,
            "from": self.from_tier_id._client_360_badge(),
            "to": self.to_tier_id._client_360_badge(),
            "direction": self.direction,
            "figures": self._together_figures(names),
            "adviser": adviser.display_name or "",
            "opinion": self.opinion or False,
            "opinion_label": labels.get(self.opinion, ""),
            "opinion_note": self.opinion_note or "",
            "flags": flags,
            "bar": str(bar) if bar else "",
            "seen": fields.Datetime.to_string(self.figures_changed_at) or False,
        }

    def _together_figures(self, names):
        """Return the figures that count for this change, each with its line."""
        falls = self.direction == "demotion"
        tier = self.from_tier_id if falls else self.to_tier_id
        line = "retain" if falls else "qualify"
        return [
            {
                "metric": row["metric_name"],
                "value": row["value_text"],
                "line": row[f"{line}_text"],
                "reached": row["value"] >= row[line],
            }
            for row in self._evidence_rows(names)
            if row["tier_id"] == tier.id
        ]

    # What needs a look

    def _together_flags(self):
        """Return {id of a change: its flags}, each with ``key``, ``text`` and ``tone``.

        To be extended: addons add what they know.
        """
        booked = self._booked_rights()
        found = {}
        for change in self:
            flags = list(change._own_flags())
            if uses := booked.get(change.id):
                text = self.env._("right booked: %s", uses[0].entitlement_id.name)
                flags.append({"key": "booked", "text": text, "tone": "soon"})
            if flags:
                found[change.id] = flags
        return found

    def _own_flags(self):
        if self._tiers_apart() > 1:
            yield {"key": "two", "text": self.env._("two tiers"), "tone": "soon"}
        if self._is_opposed():
            text = self.env._("adviser not in favour")
            yield {"key": "opposed", "text": text, "tone": "soon"}
        if self.figures_changed_at:
            text = self.env._("figures changed")
            yield {"key": "changed", "text": text, "tone": "soon"}
        if short := self._short_of_staying():
            text = self.env._("%s short", short)
            yield {"key": "short", "text": text, "tone": "soon"}
        if self._bar():
            text = self.env._("not yours to decide")
            yield {"key": "barred", "text": text, "tone": "muted"}

    def _tiers_apart(self):
        """Return over how many rungs of the ladder this moves the client."""
        ranks = self.env["vip.tier"]._ladder(self.company_id).ids
        ends = self.from_tier_id.id, self.to_tier_id.id
        if not all(end in ranks for end in ends):
            return 1
        return abs(ranks.index(ends[0]) - ranks.index(ends[1]))

    def _short_of_staying(self):
        """Return as text what is lacking to stay where only little is, else nothing."""
        if self.direction != "demotion":
            return ""
        evidence = self.evidence or {}
        rows = [
            row
            for row in evidence.get("criteria", ())
            if row["tier_id"] == self.from_tier_id.id and row["value"] < row["retain"]
        ]
        if len(rows) != 1 or rows[0]["value"] < NEAR * rows[0]["retain"]:
            return ""
        row = rows[0]
        money = row["unit"] == "money" and evidence.get("currency")
        return written_amount(self.env, row["retain"] - row["value"], money)

    def _booked_rights(self):
        """Return {id of a fall: uses of rights from today on that it takes away}."""
        falls = self.filtered(lambda change: change.direction == "demotion")
        if not falls:
            return {}
        today = self.env.company._vip_local_date(event_time(self.env))
        # As superuser: which rights are booked, of clients whose change the user reads.
        uses = self.env["vip.entitlement.use"].sudo()
        uses = uses.search(
            [("partner_id", "in", falls.partner_id.ids), ("date", ">=", today)]
        )
        by_client = uses.grouped("partner_id")
        found = {}
        for change in falls:
            lost = [
                use
                for use in by_client.get(change.partner_id, ())
                if use.company_id == change.company_id
                and use.entitlement_id.tier_id.rank > change.to_tier_id.rank
            ]
            if lost:
                found[change.id] = lost
        return found

    # What all of them do

    def _together_counts(self, flags):
        """Return the numbers above the flow, each with the changes behind it."""

        def those(condition):
            return self.filtered(condition).ids

        return [
            {
                "key": "fall",
                "text": self.env._("fall"),
                "ids": those(lambda change: change.direction == "demotion"),
            },
            {
                "key": "rise",
                "text": self.env._("rise"),
                "ids": those(lambda change: change.direction == "promotion"),
            },
            {
                "key": "two",
                "text": self.env._("two tiers at once"),
                "ids": those(lambda change: change._tiers_apart() > 1),
            },
            {
                "key": "opposed",
                "text": self.env._("adviser not in favour"),
                "ids": those(lambda change: change._is_opposed()),
            },
        ]

    def _together_flow(self):
        """Return the tiers and how many go from which to which."""
        tiers = (self.from_tier_id | self.to_tier_id).sorted("rank", reverse=True)
        pairs = {}
        for change in self:
            if change.from_tier_id != change.to_tier_id:
                pair = change.from_tier_id.id, change.to_tier_id.id
                pairs[pair] = pairs.get(pair, 0) + 1
        return {
            "tiers": [tier._client_360_badge() for tier in tiers],
            "moves": [
                {"from": old, "to": new, "count": count}
                for (old, new), count in pairs.items()
            ],
        }

    def _together_advisers(self):
        """Return the advisers of these clients with their clients above the lowest tier,
        now and after."""
        found = []
        lowest = self.env["vip.tier"]._lowest(self.env.company)
        # As superuser: how many clients each adviser has, not which.
        partners = self.env["res.partner"].sudo()
        advisers = self.sudo().partner_id.adviser_id
        now = dict(
            partners._read_group(
                [
                    ("adviser_id", "in", advisers.ids),
                    ("vip_tier_id", "not in", [False, lowest.id]),
                ],
                ["adviser_id"],
                ["__count"],
            )
        )
        for adviser in advisers.sorted("name"):
            own = self.filtered(
                lambda change, me=adviser: change.sudo().partner_id.adviser_id == me
            )
            gained = len(own.filtered(lambda change: change.from_tier_id == lowest))
            lost = len(own.filtered(lambda change: change.to_tier_id == lowest))
            count = now.get(adviser, 0)
            found.append(
                {
                    "id": adviser.id,
                    "name": adviser.display_name,
                    "now": count,
                    "after": count + gained - lost,
                    "ids": own.ids,
                }
            )
        return found

    @api.model
    def _effect(self, text, changes, tone=""):
        """Return a line of what these do to clients; it opens the changes meant."""
        link = rows_link(self._name, text, [["id", "in", changes.ids]])
        return Line(text, value=str(len(changes)), tone=tone, link=link)

    def _together_effects(self):
        """Return lines on what these do for the clients. To be extended."""
        lowest = self.env["vip.tier"]._lowest(self.env.company)
        rising = self.filtered(lambda change: change.from_tier_id == lowest)
        # As superuser: whether there is an adviser.
        alone = rising.filtered(lambda change: not change.sudo().partner_id.adviser_id)
        booked = self.browse(self._booked_rights())
        lines = []
        if booked:
            text = self.env._("Lose a right that they have booked")
            lines.append(self._effect(text, booked, "soon"))
        if alone:
            text = self.env._("Rise and have no adviser yet")
            lines.append(self._effect(text, alone, "soon"))
        return lines

    # Deciding

    def together_approve(self, day, reason=None, seen=None):
        """Approve these from a day on, with what the page has shown of them.

        :param day: text of the company's date
        :param reason: why, needed where an adviser is not in favour
        :param seen: {id as text: when its figures changed, as the page showed it}
        :return: ``count``, and ``until`` which day they can be taken back, or False
        """
        at = event_time(self.env)
        try:
            day = fields.Date.to_date(day or None)
            shown = {
                int(key): fields.Datetime.to_datetime(value)
                for key, value in (seen or {}).items()
                if value
            }
        except (AttributeError, TypeError, ValueError):
            day = None
        if not day:
            raise UserError(self.env._("Say from which day on they are approved."))
        told = self._approve(reason=said(reason), effective_date=day, seen=shown)
        decided = self.filtered(lambda change: change.state in ("approved", "applied"))
        until = day > self.env.company._vip_local_date(at) and day - timedelta(days=1)
        return {
            "ids": decided.ids,
            "until": fields.Date.to_string(until) if until else False,
            "told": told if told is not True else False,
        }

    def together_reject(self, reason):
        """Reject these for a reason; return the ids of those that are.

        :raise UserError: there is no reason
        """
        told = self._reject(reason)
        decided = self.filtered(lambda change: change.state == "rejected")
        return {"ids": decided.ids, "told": told if told is not True else False}
