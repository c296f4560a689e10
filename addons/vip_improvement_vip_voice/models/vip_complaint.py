from odoo import models

from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_base.tools.written import written_day


class VipComplaint(models.Model):
    """A complaint whose cause repeats shows the improvement that it has opened."""

    _inherit = "vip.complaint"

    def _repeat_of(self, cause):
        """Say beside the cases from how many on it repeats, and what is done about it."""
        found = super()._repeat_of(cause)
        # As superuser: that something is done about it, whoever works on the complaint.
        above = cause.sudo()._with_those_above()
        improvements = above.improvement_ids.filtered(
            lambda one: one.company_id == self.company_id
        )
        return {
            **found,
            "repeats": found["count"] >= cause.repeat_cases,
            "text": self.env._(
                "%(text)s (limit %(limit)s)",
                text=found["text"],
                limit=cause.repeat_cases,
            ),
            "more": [
                {
                    "id": one.id,
                    "text": one.display_name,
                    "link": record_link("vip.improvement", one.id),
                    "note": self._said_of_improvement(one),
                }
                for one in improvements.sorted("opened_at", reverse=True)[:2]
            ],
        }

    def _said_of_improvement(self, one):
        states = dict(one._fields["state"]._description_selection(self.env))
        if one.closed_at:
            return states[one.state]
        return self.env._(
            "%(state)s, with %(owner)s; re-check %(day)s",
            state=states[one.state],
            owner=one.owner_id.name,
            day=written_day(self.env, one.recheck_on),
        )
