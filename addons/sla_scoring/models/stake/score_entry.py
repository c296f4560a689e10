from odoo import models

from odoo.addons.vip_base.tools.links import record_link, rows_link
from odoo.addons.vip_base.tools.stake import Line, Stake
from odoo.addons.vip_base.tools.written import written_number


class ScoreEntry(models.Model):
    """What whoever posts an entry should have seen; and entries beside other decisions."""

    _inherit = "score.entry"

    def _stakes(self):
        parts = super()._stakes()
        if self.state != "draft" or self.kind not in ("deduction", "error"):
            return parts
        parts.append(self._month_stake())
        if self.breach_id:
            parts += self.breach_id._breach_stakes()
        else:
            parts += self._found_stakes()
        return parts

    def _found_stakes(self):
        """Return what happened on the ticket of an error that somebody reported."""
        opened_at = self.ticket_id.opened_at or self.occurred_at
        return [
            *self.ticket_id._request_stakes(opened_at, self.occurred_at),
            *self.user_id._request_history(self.occurred_at),
        ]

    def _month_stake(self):
        """Return what the month of this entry says of its agent so far."""
        domain = [
            ("company_id", "=", self.company_id.id),
            ("user_id", "=", self.user_id.id),
            ("month", "=", self.month),
            ("id", "!=", self.id),
        ]
        found = self._read_group(
            domain, ["state"], ["points:sum", "__count"], order="state"
        )
        states = dict(self._fields["state"]._description_selection(self.env))
        title = self.env._("Other points of %s", self.month_name)
        lines = [
            Line(
                self.env._("this entry"),
                value=written_number(self.env, self.points),
                tone="soon",
            ),
            *(
                Line(
                    states[state],
                    value=written_number(self.env, points),
                    note=self.env._("%s entries", count),
                    link=rows_link(self._name, title, [*domain, ("state", "=", state)]),
                )
                for state, points, count in found
            ),
        ]
        return Stake("sla_scoring/month", self.env._("Points"), lines, sequence=5)

    def _points_stake(self, empty=""):
        """Return these entries as what is at stake in another decision.

        :param empty: what is said where there is none
        """
        states = dict(self._fields["state"]._description_selection(self.env))
        # As superuser: names alone, of entries that the user may read.
        lines = [
            Line(
                entry.sudo().user_id.display_name or self.env._("The team"),
                value=written_number(self.env, entry.points),
                note=f"{states[entry.state]} · {entry.month_name}",
                link=record_link(entry._name, entry.id),
            )
            for entry in self
        ]
        return Stake(
            "sla_scoring/points",
            self.env._("Points at stake"),
            lines,
            empty,
            sequence=5,
        )
