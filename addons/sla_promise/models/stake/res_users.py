from datetime import timedelta

from odoo import models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.links import rows_link
from odoo.addons.vip_base.tools.stake import Line, Stake

#: What came before a decision and still tells something of a person.
LATELY = timedelta(days=90)


class ResUsers(models.Model):
    """What was seen of a person lately, for whoever decides on a request of theirs."""

    _inherit = "res.users"

    def _request_history(self, at):
        """Return what this person missed and asked for in the 90 days before.

        :param at: naive UTC, when it happened on which is decided
        """
        if not self:
            return []
        lines = [
            *self._missed_lines(at),
            self._asked_line("sla.excuse", self.env._("Asked to be excused"), at),
            self._asked_line("sla.extension", self.env._("Asked for more time"), at),
            self._asked_line("vip.late.contact", self.env._("Contacts told late"), at),
        ]
        # As superuser: the name alone.
        title = self.env._("%s in the 90 days before", self.sudo().display_name)
        key = "sla_promise/history"
        return [Stake(key, title, [line for line in lines if line], sequence=60)]

    def _missed_lines(self, at):
        breaches = self.env["sla.breach"]
        domain = (
            Domain("user_id", "=", self.id)
            & Domain("breached_at", "<=", at)
            & Domain("breached_at", ">", at - LATELY)
        )
        states = dict(breaches._read_group(domain, ["state"], ["__count"]))
        missed = sum(states.values())
        note = self.env._("%s of them excused", states.get("excused", 0))
        label = self.env._("Promises missed")
        link = missed and rows_link("sla.breach", label, list(domain))
        return [Line(label, value=str(missed), note=note, link=link or None)]

    def _asked_line(self, model, label, at):
        """Return how often this person asked, and how it was decided."""
        requests = self.env[model]
        since = requests._decisions_since
        domain = (
            Domain(requests._proposer_field, "=", self.id)
            & Domain(since, "<=", at)
            & Domain(since, ">", at - LATELY)
        )
        found = dict(requests._read_group(domain, ["state"], ["__count"]))
        if not found:
            return None
        states = dict(requests._fields["state"]._description_selection(self.env))
        note = " · ".join(f"{states[state]} {found[state]}" for state in found)
        link = rows_link(model, label, list(domain))
        return Line(label, value=str(sum(found.values())), note=note, link=link)
