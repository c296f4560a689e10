from odoo import fields, models

from odoo.addons.vip_base.tools.times import event_time

from ..models.decide.vip_tier_change_opinion import AGREES, OPINIONS


class VipTierOpinion(models.TransientModel):
    """Asks an adviser what is to be said about tier changes of own clients."""

    _name = "vip.tier.opinion"
    _description = "Opinion on Tier Changes"

    change_ids = fields.Many2many(
        "vip.tier.change", string="Tier changes", required=True
    )
    opinion = fields.Selection(OPINIONS, required=True, default=AGREES)
    note = fields.Text(string="Why", help="Needed where you do not agree.")

    def action_give(self):
        """Keep the opinion at each of the changes."""
        self.ensure_one()
        self.change_ids._give_opinion(self.opinion, self.note, event_time(self.env))
        return {"type": "ir.actions.act_window_close"}
