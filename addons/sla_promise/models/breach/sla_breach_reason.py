from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.sql import NamesMany2one


class SlaBreachReason(models.Model):
    """Why promises are missed: the list from which reasons and root causes are chosen.

    REQUIREMENTS V4: what is chosen from a list can be counted.
    """

    _name = "sla.breach.reason"
    _description = "Reason for a Breach"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    excusable = fields.Boolean(
        default=True,
        help="An excuse may name it. Understaffing or missing training, for example, "
        "explain a breach but excuse nobody.",
    )
    company_id = NamesMany2one(
        "res.company", index=True, help="Empty: for every company."
    )

    _name_uniq = models.UniqueIndex(
        "((name->>'en_US'), COALESCE(company_id, 0)) WHERE active",
        "There is a reason of this name already.",
    )

    @api.model
    def _for_working_time(self, company):
        """Return the reason by which working time that came late excuses, or none.

        The one that is shipped, unless a company has none of it any more.
        """
        shipped = self.env.ref("sla_promise.reason_working_time", False)
        fitting = self.search(
            Domain("excusable", "=", True)
            & Domain("company_id", "in", [False, company.id])
        )
        return fitting.filtered(lambda reason: reason == shipped) or fitting[:1]
