from datetime import datetime, time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from odoo.addons.vip_base.tools.times import event_time

from ..models.contact.mail_activity import PLANNED


class VipContactPlan(models.TransientModel):
    """Asks for contacts with clients: what, when, by whom and what to say."""

    _name = "vip.contact.plan"
    _description = "Plan of Contacts"

    partner_ids = fields.Many2many(
        "res.partner",
        string="Clients",
        required=True,
        domain=[("client_type", "!=", False)],
    )
    kind = fields.Selection(
        [("call", "Call"), ("visit", "Visit or meeting"), ("message", "Message")],
        required=True,
        default="call",
    )
    date = fields.Date(
        string="Due",
        required=True,
        default=lambda self: self.env.company._vip_local_date(event_time(self.env)),
        help="The day on which it is due; of many the first day.",
    )
    per_day = fields.Integer(
        string="At most a day",
        help="So many on each working day from then on; 0: all on the first one.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="By whom",
        domain=[("share", "=", False)],
        help="Empty: the adviser of each client.",
    )
    summary = fields.Char(string="What for", required=True)
    script = fields.Text(help="What to ask and what to say.")
    client_count = fields.Integer(string="Contacts", compute="_compute_clients")
    foreign_count = fields.Integer(compute="_compute_clients")
    no_adviser_count = fields.Integer(compute="_compute_clients")

    @api.depends("partner_ids", "user_id")
    def _compute_clients(self):
        for plan in self:
            served = plan.partner_ids._vip_served()
            plan.client_count = len(served)
            plan.foreign_count = len(plan.partner_ids) - len(served)
            without = served.filtered(lambda one: not one._vip_client().adviser_id)
            plan.no_adviser_count = 0 if plan.user_id else len(without)

    @api.model
    def default_get(self, fields):
        """Let who plans own clients do it himself."""
        values = super().default_get(fields)
        if "user_id" in fields and not values.get("user_id"):
            clients = self.env["res.partner"].browse(
                self.env.context.get("default_partner_ids") or []
            )
            own = clients.filtered(
                lambda one: one._vip_client().adviser_id == self.env.user
            )
            values["user_id"] = self.env.uid if own and own == clients else False
        return values

    def action_plan(self):
        """Plan the contacts; those with clients whom one does not serve are left out.

        :raise UserError: nobody is left, or none would have somebody who does it
        """
        self.ensure_one()
        clients = self.partner_ids._vip_served()
        if not clients:
            raise UserError(self.env._("None of these clients is yours."))
        activities = self._plan(clients)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Contacts planned: %s", len(activities)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _plan(self, clients):
        """Write the activities down and return them.

        :raise UserError: a client has no adviser, and nobody is named
        """
        clients._check_vip_served()
        days = self._days(len(clients))
        values = [
            self._activity(client, day)
            for client, day in zip(clients, days, strict=True)
        ]
        # As superuser: who serves a client plans also for colleagues, whom the host lets
        # nobody subscribe who may not write the client.
        return self.env["mail.activity"].sudo().create(values)

    def _activity(self, client, day):
        user = self.user_id or client._vip_client().adviser_id
        if not user:
            raise UserError(
                self.env._(
                    "“%s” has no adviser: say by whom.",
                    client.display_name,
                )
            )
        types = self.env["mail.activity"]._vip_planned_types()
        if self.kind not in types:
            raise UserError(
                self.env._("The type of activity “%s” is missing.", PLANNED[self.kind])
            )
        return {
            "res_model_id": self.env["ir.model"]._get_id("res.partner"),
            "res_id": client.id,
            "activity_type_id": types[self.kind],
            "summary": self.summary,
            "note": plaintext2html(self.script) if self.script else False,
            "date_deadline": day,
            "user_id": user.id,
        }

    def _days(self, count):
        """Return the day of each of ``count`` contacts, on working days if spread."""
        if self.per_day <= 0:
            return [self.date] * count
        calendar = self.env.company.resource_calendar_id
        days = []
        for number in range(-(-count // self.per_day)):
            day = self.date
            if calendar:
                found = calendar.plan_days(
                    number + 1,
                    datetime.combine(self.date, time.min),
                    compute_leaves=True,
                )
                day = found and found.date() or day
            days += [day] * self.per_day
        return days[:count]
