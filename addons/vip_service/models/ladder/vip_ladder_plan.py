from odoo import api, fields, models

from odoo.addons.vip_base.tools.sql import NamesMany2one


class VipLadderPlan(models.Model):
    """To which tier the holders of a tier go when a version of the ladder begins.

    Needed for each tier that goes; and for the lowest tier where another one becomes the
    lowest: for everybody who has it because nothing better was given.
    """

    _name = "vip.ladder.plan"
    _description = "Plan for the Holders of a Tier"
    _order = "version_id, id"
    _rec_name = "from_tier_id"

    version_id = fields.Many2one(
        "vip.ladder.version", required=True, ondelete="cascade", index=True
    )
    from_tier_id = NamesMany2one(
        "vip.tier", string="Who holds", required=True, readonly=True
    )
    to_tier_id = NamesMany2one(
        "vip.tier",
        string="Goes to",
        domain="[('id', 'in', choice_ids)]",
        context={"active_test": False},
    )
    goes = fields.Boolean(
        string="No tier any more",
        compute="_compute_goes",
        help="No: it is no longer the lowest; this is for everybody who has it without "
        "having been given it.",
    )
    choice_ids = fields.Many2many("vip.tier", compute="_compute_goes")
    holder_count = fields.Integer(string="Clients today", compute="_compute_holders")

    _tier_once = models.UniqueIndex(
        "(version_id, from_tier_id)", "There is one plan for each tier."
    )

    @api.depends("version_id.rung_ids.tier_id")
    def _compute_goes(self):
        for plan in self:
            # As superuser: the ladder is no secret in the service.
            tiers = plan.sudo().version_id.rung_ids.tier_id
            plan.goes = plan.from_tier_id not in tiers
            plan.choice_ids = tiers

    @api.depends("from_tier_id")
    def _compute_holders(self):
        for version, plans in self.grouped("version_id").items():
            counts = version._holder_counts() if version._origin else {}
            for plan in plans:
                held, others = counts.get(plan.from_tier_id.id, (0, 0))
                plan.holder_count = others + (held if plan.goes else 0)

    @api.model_create_multi
    def create(self, vals_list):
        plans = super().create(vals_list)
        plans.version_id._check_open()
        return plans

    def write(self, vals):
        """A plan is made while the version is a draft."""
        self.version_id._check_open()
        return super().write(vals)

    def unlink(self):
        """A plan is dropped while the version is a draft."""
        self.version_id._check_open()
        return super().unlink()

    def action_open_holders(self):
        """Open the list of the clients whom this concerns today."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "vip_service.client_action"
        )
        domain = [("vip_tier_id", "in", self.from_tier_id.ids)]
        return {**action, "name": self.from_tier_id.name, "domain": domain}
