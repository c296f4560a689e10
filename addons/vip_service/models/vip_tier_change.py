from odoo import fields, models

from ..tools.event_time import event_time


class VipTierChange(models.Model):
    """A proposal to move a client to another tier, with the evidence as it was then.

    The customer-service centre approves or rejects it (REQUIREMENTS T3).
    """

    _name = "vip.tier.change"
    _description = "Tier Change"
    _inherit = ["mail.thread"]
    _order = "proposed_at desc, id desc"
    _rec_name = "partner_id"

    review_id = fields.Many2one(
        "vip.tier.review", readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, ondelete="restrict", index=True
    )
    from_tier_id = fields.Many2one(
        "vip.tier", string="From", required=True, readonly=True, ondelete="restrict"
    )
    to_tier_id = fields.Many2one(
        "vip.tier", string="To", required=True, ondelete="restrict"
    )
    direction = fields.Selection(
        [("promotion", "Promotion"), ("demotion", "Demotion")],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("expired", "Expired"),
            ("applied", "Applied"),
        ],
        required=True,
        default="proposed",
        readonly=True,
        tracking=True,
    )
    evidence = fields.Json(readonly=True)
    proposed_at = fields.Datetime(
        required=True, readonly=True, default=lambda self: event_time(self.env)
    )
    proposed_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        ondelete="restrict",
        help="Empty when the rules proposed it.",
    )
    decided_at = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    reason = fields.Text(readonly=True)
    effective_date = fields.Date(readonly=True)

    _one_proposed = models.UniqueIndex(
        "(company_id, partner_id) WHERE state = 'proposed'",
        "This client already has a proposed tier change.",
    )
