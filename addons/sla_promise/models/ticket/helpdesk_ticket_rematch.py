from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.vip_base.tools.groups import STAFF_GROUPS

#: Tickets that are matched again together.
BATCH = 2000


class HelpdeskTicket(models.Model):
    """Matching open tickets again for what their timeline knows nothing of."""

    _inherit = "helpdesk.ticket"

    no_promise_ids = fields.One2many(
        "sla.no.promise",
        "ticket_id",
        string="No promise",
        readonly=True,
        groups=STAFF_GROUPS,
    )
    sla_tier_id = fields.Many2one(
        "vip.tier",
        string="Tier of the promises",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups=STAFF_GROUPS,
        help="The client's tier that took effect while the ticket was open. "
        "Empty: the tier when the request arrived.",
    )

    @api.depends("no_promise_ids")
    def _compute_sla_clock_info(self):
        """Say also where a policy promises nothing."""
        result = super()._compute_sla_clock_info()
        for ticket in self:
            clocks = ticket.sla_clock_info or []
            ticket.sla_clock_info = [*clocks, *ticket.no_promise_ids._info(clocks)]
        return result

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                # A default in the caller's context must not fill it either.
                vals["sla_tier_id"] = False
        return super().create(vals_list)

    def write(self, vals):
        """Match again when something changes that only some policies look at."""
        if "sla_tier_id" in vals and not self.env.su:
            raise AccessError(
                self.env._("The tier of the promises follows from what happens.")
            )
        if "partner_id" in vals:
            self._sla_forget_tier(vals["partner_id"])
        result = super().write(vals)
        if not self.env["sla.policy"]._watched_fields().isdisjoint(vals):
            self._sla_rematch()
        return result

    def _sla_forget_tier(self, partner_id):
        """Another client brings its own tier at opening; a colleague keeps the tier."""
        # As superuser: the tier of the promises follows from what happens.
        client = self.env["res.partner"].sudo().browse(partner_id).commercial_partner_id
        self.sudo().filtered(
            lambda ticket: ticket.sla_tier_id and ticket.commercial_partner_id != client
        ).sla_tier_id = False

    def _sla_rematch(self, at=None, reapply=None):
        """Match these tickets again, as far as something is still owed on them.

        :param at: when it happened (naive UTC); the event time if not given
        :param reapply: as :meth:`_sla_sync`
        """
        for first in range(0, len(self), BATCH):
            self[first : first + BATCH]._sla_sync(at, rematch=True, reapply=reapply)
