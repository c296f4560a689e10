from odoo import fields, models


class SlaPolicy(models.Model):
    _inherit = "sla.policy"

    taken_over_from_id = fields.Many2one(
        "helpdesk.sla",
        string="Taken over from",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The SLA of the helpdesk from which this policy was taken over.",
    )

    def _taken_over_target(self, metric, team_id):
        """Return the target of a metric among these policies, for a ticket's team."""
        targets = self.target_ids.filtered(lambda target: target.metric == metric)
        own = targets.filtered(lambda target: team_id in target.policy_id.team_ids.ids)
        return (own or targets)[:1]
