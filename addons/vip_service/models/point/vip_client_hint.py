from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.reason import said
from odoo.addons.vip_base.tools.times import event_time


class VipClientHint(models.Model):
    """A key point that a person writes about a client, perhaps until a day.

    It ends by its day, by being said to be done or wrong, or by itself, once it was
    shown often and nobody acted on it.
    """

    _name = "vip.client.hint"
    _description = "Hint about a Client"
    _inherit = ["vip.hands.off.mixin"]
    _order = "recorded_at desc, id desc"
    _rec_name = "text"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="restrict", readonly=True
    )
    text = fields.Char(
        string="Hint",
        required=True,
        help="One short sentence for whoever meets the client next.",
    )
    valid_until = fields.Date(
        string="Until", help="The last day on which it is shown; empty: no end."
    )
    author_id = fields.Many2one(
        "res.users", string="By", required=True, ondelete="restrict", readonly=True
    )
    recorded_at = fields.Datetime(string="Written at", required=True, readonly=True)

    def _guarded_fields(self):
        if self:
            return self._all_but({"text", "valid_until"})
        return self._all_but({"partner_id", "text", "valid_until"})

    def _by_hand(self, vals):
        """Complete what somebody of the service writes about a client that he may read."""
        client = self.env["res.partner"].browse(vals.get("partner_id"))
        client.check_access("read")
        client = client._vip_client()
        if not client.client_type:
            raise UserError(self.env._("A hint is about a client."))
        return {
            **vals,
            "text": self._said_text(vals.get("text")),
            "partner_id": client.id,
            "company_id": self.env.company.id,
            "author_id": self.env.uid,
            "recorded_at": event_time(self.env),
        }

    def _edited_by_hand(self, vals):
        """Let who wrote it, and service managers, write it better."""
        others = self.filtered(lambda hint: hint.author_id != self.env.user)
        if others and not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._("A hint is changed by who wrote it, or by a manager.")
            )
        if "text" in vals:
            vals = {**vals, "text": self._said_text(vals["text"])}
        return vals

    def _said_text(self, words):
        text = said(words)
        if not text:
            raise UserError(self.env._("A hint says something."))
        return text
