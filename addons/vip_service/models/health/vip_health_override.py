from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.reason import said
from odoo.addons.vip_base.tools.times import event_time

#: What is said once and stays: the end may come earlier than it was meant.
SAID = ("partner_id", "company_id", "state", "reason", "user_id", "recorded_at")


class VipHealthOverride(models.Model):
    """What a person says of a client's health against its measures: why, and until when.

    It ends by its date. The measures go on being shown beside it.
    """

    _name = "vip.health.override"
    _description = "Health Said by a Person"
    _inherit = ["vip.hands.off.mixin"]
    _order = "recorded_at desc, id desc"
    _rec_name = "state"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="restrict", readonly=True
    )
    state = fields.Selection(
        [("good", "Good"), ("watch", "To watch"), ("red", "In danger")],
        required=True,
        default="watch",
        string="Is",
    )
    reason = fields.Text(required=True, string="Why")
    date_to = fields.Date(
        string="Until", required=True, help="The last day; then the measures say it."
    )
    user_id = fields.Many2one(
        "res.users", string="By", required=True, ondelete="restrict", readonly=True
    )
    recorded_at = fields.Datetime(string="Recorded at", required=True, readonly=True)
    ended_at = fields.Datetime(string="Ended at", readonly=True)
    ended_by_id = fields.Many2one(
        "res.users", string="Ended by", ondelete="restrict", readonly=True
    )

    def init(self):
        ended = SQL("OLD.ended_at IS NOT NULL")
        frozen_rows.freeze(
            self.env.cr,
            self._table,
            columns=("company_id", "state", "user_id", "recorded_at", "date_to"),
            when=[(ended, ("ended_at", "ended_by_id"))],
            attached=True,
        )

    def _guarded_fields(self):
        if self:
            return set(self._fields)
        return self._all_but({"partner_id", "state", "reason", "date_to"})

    def _by_hand(self, vals):
        """Complete what who serves the client says of it.

        :raise AccessError: another adviser serves the client
        :raise UserError: there is no reason, or the end is over
        """
        client = self.env["res.partner"].browse(vals.get("partner_id"))._vip_client()
        client._check_vip_served()
        reason = said(vals.get("reason"))
        if not reason:
            raise UserError(self.env._("Health that a person sets needs a reason."))
        until = fields.Date.to_date(vals.get("date_to"))
        if not until or until < client._client_360_today():
            raise UserError(self.env._("Say until when: today or later."))
        return {
            **vals,
            "partner_id": client.id,
            "reason": reason,
            "company_id": self.env.company.id,
            "user_id": self.env.uid,
            "recorded_at": event_time(self.env),
        }

    @api.model
    def _holds_sql(self, day, at):
        """Return the condition that a row ``o`` holds on a day of the present company.

        :param at: naive UTC: what was said or ended later is not known
        """
        return SQL(
            "o.company_id = %s AND o.date_to >= %s AND o.recorded_at <= %s"
            " AND (o.ended_at IS NULL OR o.ended_at > %s)",
            *(self.env.company.id, day, at, at),
        )

    def action_end(self):
        """Let the measures say it again from now on.

        :raise AccessError: another adviser serves the client
        """
        self.check_access("read")
        self.partner_id._check_vip_served()
        if any(one.ended_at for one in self):
            raise UserError(self.env._("It is over already."))
        # As superuser: checked above; nobody writes what was said.
        self.sudo().write(
            {"ended_at": event_time(self.env), "ended_by_id": self.env.uid}
        )
        return True

    def _hands_off(self, names):
        return AccessError(
            self.env._("What was said of a client's health stays; it can be ended.")
        )
