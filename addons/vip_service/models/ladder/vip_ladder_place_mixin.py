from odoo import fields, models

from odoo.addons.vip_base.tools.sql import NamesMany2one


class VipLadderTermsMixin(models.AbstractModel):
    """How the criteria of a tier are taken, whoever says so: the tier, a version, a draft."""

    _name = "vip.ladder.terms.mixin"
    _description = "How a Tier is Reached and Kept"

    match = fields.Selection(
        [("all", "All criteria"), ("any", "Any criterion")],
        string="Reached by",
        required=True,
        default="all",
    )
    grace_reviews = fields.Integer(
        string="Reviews of grace",
        help="So many reviews in a row may find a client below what this tier asks to "
        "stay before its fall is proposed.",
    )

    _grace_not_negative = models.Constraint(
        "CHECK (grace_reviews >= 0)", "Reviews of grace are none or more."
    )


class VipLadderPlaceMixin(models.AbstractModel):
    """The same with the place of a tier in a ladder, and how new clients enter it."""

    _name = "vip.ladder.place.mixin"
    _inherit = ["vip.ladder.terms.mixin"]
    _description = "Place of a Tier in a Ladder"

    rank = fields.Integer(required=True, default=1, help="1 is the lowest tier.")
    entry_metric_id = NamesMany2one(
        "vip.metric",
        string="Entry by",
        help="A new client whose first month reaches the entry threshold in this "
        "metric is proposed for the tier at once. Empty: no such entry.",
    )
    entry_value = fields.Float(string="Entry threshold", digits=(20, 4))

    _rank_positive = models.Constraint("CHECK (rank >= 1)", "A rank is 1 or more.")
