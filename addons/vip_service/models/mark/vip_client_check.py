from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.vip_base.tools.times import event_time


class VipClientCheck(models.Model):
    """That a client was looked into (know your client), and when it is due again."""

    _name = "vip.client.check"
    _description = "Know-your-client Check"
    _inherit = ["vip.hands.off.mixin"]
    _order = "checked_on desc, id desc"
    _rec_name = "checked_on"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="restrict", readonly=True
    )
    checked_on = fields.Date(
        string="Checked on", required=True, default=lambda self: self._default_day()
    )
    next_on = fields.Date(string="Next review", help="When it is due again.")
    note = fields.Char(help="What was looked at; no figures and no documents.")
    user_id = fields.Many2one(
        "res.users", string="By", required=True, ondelete="restrict", readonly=True
    )
    recorded_at = fields.Datetime(string="Recorded at", required=True, readonly=True)

    _days_in_order = models.Constraint(
        "CHECK (next_on > checked_on)", "The next review is later."
    )

    def _default_day(self):
        return self.env.company._vip_local_date(event_time(self.env))

    def _guarded_fields(self):
        if self:
            return set(self._fields)
        return self._all_but({"partner_id", "checked_on", "next_on", "note"})

    def _by_hand(self, vals):
        """Complete what who serves the client writes down.

        :raise AccessError: another adviser serves the client
        :raise UserError: it is of a day to come
        """
        client = self.env["res.partner"].browse(vals.get("partner_id"))._vip_client()
        client._check_vip_served()
        day = fields.Date.to_date(vals.get("checked_on")) or self._default_day()
        if day > self._default_day():
            raise UserError(self.env._("A check is not of a day to come."))
        return {
            **vals,
            "checked_on": day,
            "partner_id": client.id,
            "company_id": self.env.company.id,
            "user_id": self.env.uid,
            "recorded_at": event_time(self.env),
        }
