from odoo import models

from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_base.tools.stake import Line, Stake


class ScoreAppeal(models.Model):
    """What whoever answers an appeal should have seen."""

    _inherit = "score.appeal"

    def _stakes(self):
        entry = self.entry_id
        parts = [*super()._stakes(), entry._points_stake()]
        if entry.breach_id:
            told = entry.breach_id._breach_stakes()
            # The points of this entry alone are contested.
            parts += [part for part in told if part.key != "sla_scoring/points"]
            parts.append(entry.breach_id._excuses_stake())
        else:
            parts += entry._found_stakes()
        return parts


class SlaBreach(models.Model):
    _inherit = "sla.breach"

    def _excuses_stake(self):
        """Return what was asked and decided about this missed promise before."""
        excuses = self.excuse_ids
        states = dict(excuses._fields["state"]._description_selection(self.env))
        lines = [
            Line(
                excuse.reason_id.display_name,
                at=excuse.requested_at,
                note=" · ".join(filter(None, [states[excuse.state], excuse.answer])),
                link=record_link(excuse._name, excuse.id),
            )
            for excuse in excuses
        ]
        return Stake(
            "sla_scoring/excuses",
            self.env._("Was it to be excused?"),
            lines,
            self.env._("Nobody asked to excuse it."),
            15,
        )
