from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.vip_base.tools.times import event_time


class VipEntitlementUse(models.Model):
    """One time that a client made use of an entitlement."""

    _name = "vip.entitlement.use"
    _description = "Entitlement Use"
    _order = "date desc, id desc"
    _rec_name = "entitlement_id"

    entitlement_id = fields.Many2one(
        "vip.entitlement", required=True, ondelete="restrict", index=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        ondelete="restrict",
        index=True,
        domain=[("client_type", "!=", False)],
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    date = fields.Date(
        required=True,
        default=lambda self: self.env.company._vip_local_date(event_time(self.env)),
    )
    quantity = fields.Integer(required=True, default=1)
    note = fields.Char()
    user_id = fields.Many2one(
        "res.users",
        string="Granted by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True, ondelete="set null")
    recorded_at = fields.Datetime(
        string="Recorded at",
        readonly=True,
        help="Since when it is known. Empty: since the row was made.",
    )

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The quantity is one or more."
    )

    @api.constrains("entitlement_id", "partner_id", "company_id", "date", "quantity")
    def _check_entitled(self):
        """The client's tier has the right that day and the quota is not used up."""
        # As superuser: the quota counts all uses, also those that the user may not see.
        self.entitlement_id.sudo()._take_turns()
        for use in self.sudo():
            tier = use.partner_id._tier_at(use.date, use.company_id)[use.partner_id.id]
            used = use.entitlement_id._used_by(
                use.partner_id, use.company_id, use.date, tier
            )
            entitlement = use.entitlement_id
            if entitlement.id not in used:
                raise ValidationError(
                    self.env._(
                        "“%(client)s” is not entitled to “%(right)s” on %(day)s.",
                        client=use.partner_id.display_name,
                        right=entitlement.name,
                        day=use.date,
                    )
                )
            if entitlement.quota and used[entitlement.id] > entitlement.quota:
                raise ValidationError(
                    self.env._(
                        "The quota of “%(right)s” is used up: %(quota)s in the period.",
                        right=entitlement.name,
                        quota=entitlement.quota,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Record who granted it; a right with a service item opens its ticket."""
        if not self.env.su:
            known = {name: False for name in self._result_fields()}
            known["user_id"] = self.env.uid
            known["recorded_at"] = event_time(self.env)
            vals_list = [{**vals, **known} for vals in vals_list]
            # Before anything is said about a client that the user may not even see.
            default = self.env.context.get("default_partner_id")
            ids = {vals.get("partner_id", default) for vals in vals_list}
            self.env["res.partner"].browse(ids - {None, False}).check_access("read")
        at = event_time(self.env)
        uses = super().create([{"recorded_at": at, **vals} for vals in vals_list])
        for use in uses.filtered("entitlement_id.category_id"):
            use._open_ticket()
        return uses

    def write(self, vals):
        """Guard who granted it and the ticket that came of it."""
        if not self.env.su and self._result_fields() & vals.keys():
            raise AccessError(
                self.env._("Who granted a right and its ticket are not edited.")
            )
        if vals.get("partner_id") and not self.env.su:
            self.env["res.partner"].browse(vals["partner_id"]).check_access("read")
        return super().write(vals)

    def _result_fields(self):
        return {"user_id", "ticket_id", "recorded_at"}

    def _open_ticket(self):
        # As superuser: who may grant a right need not be a helpdesk user.
        use = self.sudo()
        use.ticket_id = (
            self.env["helpdesk.ticket"]
            .sudo()
            .create(
                {
                    "name": use.entitlement_id.name,
                    "description": use.note or use.entitlement_id.name,
                    "partner_id": use.partner_id.id,
                    "company_id": use.company_id.id,
                    "category_id": use.entitlement_id.category_id.id,
                }
            )
        )
