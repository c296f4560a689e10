from odoo import fields, models


class VipTierReview(models.Model):
    """One run over all clients for one month; it freezes the rules that it used."""

    _name = "vip.tier.review"
    _description = "Tier Review"
    _inherit = ["mail.thread"]
    _order = "month desc, company_id"
    _rec_name = "month"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    month = fields.Date(required=True, help="Any day of the month; its first is kept.")
    state = fields.Selection(
        [("draft", "Draft"), ("done", "Done")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    rules = fields.Json(readonly=True, copy=False, help="The ladder as it was used.")
    run_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    run_at = fields.Datetime(readonly=True, copy=False)
    client_count = fields.Integer(
        string="Clients",
        readonly=True,
        copy=False,
        help="Clients with figures in the window or with a tier above the lowest.",
    )
    promotion_count = fields.Integer(string="Promotions", readonly=True, copy=False)
    demotion_count = fields.Integer(string="Demotions", readonly=True, copy=False)
    change_ids = fields.One2many("vip.tier.change", "review_id", string="Tier changes")

    _company_month_unique = models.UniqueIndex(
        "(company_id, month)", "A month is reviewed only once."
    )
