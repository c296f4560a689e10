from odoo import api, fields, models

from ..tools.groups import DECIDER_GROUPS


class VipDecisionMixin(models.AbstractModel):
    """What is at stake in a decision: nobody decides on what they have not seen.

    Each addon adds the parts that it knows; the widget ``vip_stakes`` shows them beside
    the buttons.
    """

    _inherit = "vip.decision.mixin"

    stakes = fields.Json(
        string="What is at stake",
        compute="_compute_stakes",
        groups=DECIDER_GROUPS,
        help="What whoever decides should have seen, in parts.",
    )

    @api.depends_context("uid", "lang", "tz")
    def _compute_stakes(self):
        for record in self:
            parts = record._stakes() if record.id else []
            parts = [part for part in parts if part.lines or part.empty]
            parts.sort(key=lambda part: (part.sequence, part.key))
            record.stakes = [part.told() for part in parts]

    def _stakes(self):
        """Return the parts (``tools/stake.py``) of what is at stake. To be extended.

        They are read with the rights of whoever looks.
        """
        self.ensure_one()
        return []
