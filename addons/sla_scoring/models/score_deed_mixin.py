from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.vip_base.tools.times import event_time


class ScoreDeedMixin(models.AbstractModel):
    """Something that an agent did, well or badly, reported by a person with evidence.

    A model that inherits has ``entry_ids``: the entries that it led to.
    """

    _name = "score.deed.mixin"
    _description = "What an Agent Did"
    _inherit = ["vip.evidence.mixin", "mail.thread"]
    _mail_post_access = "read"
    _order = "occurred_at desc, id desc"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        string="Agent",
        required=True,
        index=True,
        ondelete="restrict",
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket", ondelete="set null", index="btree_not_null"
    )
    occurred_at = fields.Datetime(
        string="Date", required=True, default=lambda self: event_time(self.env)
    )

    def action_entry(self):
        """Open the entry that this led to."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "score.entry",
            "res_id": self.entry_ids[:1].id,
            "view_mode": "form",
        }

    @api.model
    def _check_deed(self, vals):
        """Check what the current user reports.

        :raise ValidationError: it has not happened yet, or of somebody of elsewhere
        :raise AccessError: the user may not read the ticket
        """
        at = fields.Datetime.to_datetime(vals.get("occurred_at"))
        if at and at > event_time(self.env):
            raise ValidationError(self.env._("The date cannot lie in the future."))
        self.env["score.entry"]._check_has_served(vals)
        if vals.get("ticket_id"):
            self.env["helpdesk.ticket"].browse(vals["ticket_id"]).check_access("read")
