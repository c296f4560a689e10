from odoo import fields, models


class VipTierMembership(models.Model):
    """Which tier a client had from when to when; no row means the lowest tier.

    Written by the applied tier change only.
    """

    _name = "vip.tier.membership"
    _description = "Tier Membership"
    _order = "date_from desc, id desc"
    _rec_name = "tier_id"

    company_id = fields.Many2one("res.company", required=True, ondelete="restrict")
    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, ondelete="restrict", index=True
    )
    tier_id = fields.Many2one("vip.tier", required=True, ondelete="restrict")
    date_from = fields.Date(required=True)
    date_to = fields.Date(help="The first day that is no longer covered; empty: open.")
    change_id = fields.Many2one("vip.tier.change", ondelete="restrict")

    _period = models.Constraint(
        "CHECK (date_to > date_from)", "A membership ends after it began."
    )
    # Ranges of one integer compare by = in GiST without any database extension.
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist ("
        "int4range(company_id, company_id, '[]') WITH =, "
        "int4range(partner_id, partner_id, '[]') WITH =, "
        "daterange(date_from, date_to) WITH &&)",
        "A client has one tier at a time.",
    )
    _open = models.UniqueIndex("(company_id, partner_id) WHERE date_to IS NULL")
