from odoo import fields, models
from odoo.tools import SQL

from ...tools.correction_sql import correction_sql


class VipTierCorrection(models.Model):
    """A client whose tier a review would give otherwise by the figures of now.

    What was decided stays; a person looks at these. Found anew whenever they are opened.
    """

    _name = "vip.tier.correction"
    _description = "Correction after a Tier Review"
    _log_access = False
    _order = "review_id desc, partner_id"
    _rec_name = "partner_id"

    review_id = fields.Many2one(
        "vip.tier.review",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="review_id.company_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    adviser_id = fields.Many2one(related="partner_id.adviser_id")
    tier_id = fields.Many2one(
        "vip.tier", string="Had", required=True, readonly=True, ondelete="cascade"
    )
    found_id = fields.Many2one(
        "vip.tier",
        string="Found then",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="The tier that the review proposed, or in which it let the client stay.",
    )
    now_id = fields.Many2one(
        "vip.tier",
        string="By the figures of now",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    change_id = fields.Many2one(
        "vip.tier.change",
        string="Tier change",
        readonly=True,
        ondelete="cascade",
        help="What the review proposed.",
    )
    change_state = fields.Selection(related="change_id.state", string="Decision")
    figures_then = fields.Json(readonly=True)
    figures_now = fields.Json(readonly=True)
    then_text = fields.Char(string="Figures then", compute="_compute_texts")
    now_text = fields.Char(string="Figures now", compute="_compute_texts")

    def _compute_texts(self):
        texts = self.env["vip.tier.verdict"]._figures_texts
        for review, corrections in self.grouped("review_id").items():
            # As superuser: the rules tell no more than the figures beside them.
            rules = review.sudo().rules
            for correction in corrections:
                correction.then_text = texts(rules, correction.figures_then)
                correction.now_text = texts(rules, correction.figures_now)

    def action_open_client(self):
        """Open the client's page."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "vip_service.client_action"
        )
        form = self.env.ref("vip_service.res_partner_view_form_client_360")
        return dict(action, views=[(form.id, "form")], res_id=self.partner_id.id)


class VipTierReview(models.Model):
    _inherit = "vip.tier.review"

    def action_open_corrections(self):
        """Find whose tier would be another by the figures of now, and list them."""
        self.ensure_one()
        self.check_access("read")
        # As superuser: corrections are found here only, for who may read the review.
        self.sudo()._find_corrections()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "vip_service.vip_tier_correction_action"
        )
        return dict(action, domain=[("review_id", "=", self.id)], context={})

    def _find_corrections(self):
        self._flush_figures()
        self.env["vip.tier.verdict"].flush_model()
        self.env.cr.execute(
            SQL("DELETE FROM vip_tier_correction WHERE review_id = %s", self.id)
        )
        if self.state == "done":
            self.env.cr.execute(
                correction_sql(
                    *(self.id, self.company_id.id, self.rules),
                    *(self._tiers_on(), self._judged_at()),
                )
            )
        self.env["vip.tier.correction"].invalidate_model()
