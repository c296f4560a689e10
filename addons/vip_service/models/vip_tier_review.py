from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import clean_context

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.months import add_months, first_day


class VipTierReview(models.Model):
    """One run over all clients for one month; it freezes the rules that it used.

    It judges all clients in one step, which leaves verdicts, and then turns these into
    proposals. Killed in between it goes on where it was. A trial only judges.
    """

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
    month = fields.Date(
        required=True,
        default=lambda self: add_months(
            self.env.company._vip_month(event_time(self.env)), -1
        ),
        help="Any day of the month; its first is kept.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("running", "Running"),
            ("done", "Done"),
            ("tried", "Tried"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    trial = fields.Boolean(
        help="Judge a past month once more, by the present rules, and propose nothing."
    )
    facts = fields.Selection(
        [("now", "As known now"), ("then", "As known then")],
        string="Figures",
        required=True,
        default="now",
        help="Then: when the month was reviewed, else on its review day. A figure that "
        "was replaced before its month was reviewed is known by its last value only.",
    )
    rules = fields.Json(readonly=True, copy=False, help="The ladder as it was used.")
    run_by_id = fields.Many2one("res.users", string="Run by", readonly=True, copy=False)
    run_at = fields.Datetime(string="Run at", readonly=True, copy=False)
    client_count = fields.Integer(
        string="Clients",
        readonly=True,
        copy=False,
        help="Clients with figures in the window or with a tier above the lowest.",
    )
    promotion_count = fields.Integer(string="Promotions", readonly=True, copy=False)
    demotion_count = fields.Integer(string="Demotions", readonly=True, copy=False)
    grace_count = fields.Integer(
        string="In grace",
        readonly=True,
        copy=False,
        help="Clients below what their tier asks to stay, whose fall is not yet proposed.",
    )
    proposed_up_to = fields.Integer(
        readonly=True, copy=False, help="The last client that has its proposal."
    )
    warned_at = fields.Datetime(
        string="Advisers warned at",
        readonly=True,
        copy=False,
        help="When the advisers of all clients in grace had been told.",
    )
    clients_warned_up_to = fields.Integer(
        readonly=True, copy=False, help="The last client in grace that was written to."
    )
    clients_warned_at = fields.Datetime(
        string="Clients warned at",
        readonly=True,
        copy=False,
        help="When all clients in grace had been written to that are to be.",
    )
    verdict_ids = fields.One2many("vip.tier.verdict", "review_id", string="Verdicts")
    change_ids = fields.One2many("vip.tier.change", "review_id", string="Tier changes")

    _company_month_unique = models.UniqueIndex(
        "(company_id, month) WHERE trial IS NOT TRUE", "A month is reviewed only once."
    )
    _facts_of_trial = models.Constraint(
        "CHECK (trial OR facts = 'now')",
        "Only a trial judges by what was known then.",
    )

    @api.depends("month", "company_id.name")
    def _compute_display_name(self):
        for review in self:
            review.display_name = f"{review.month:%Y-%m}" if review.month else ""

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("month"):
                vals["month"] = first_day(fields.Date.to_date(vals["month"]))
            if not self.env.su and self._result_fields() & vals.keys():
                raise AccessError(self._result_text())
        if self.env.su:
            return super().create(vals_list)
        reviews = self.with_context(clean_context(self.env.context))
        return super(VipTierReview, reviews).create(vals_list).with_env(self.env)

    def write(self, vals):
        """Guard the result, and everything once the review is done."""
        if not self.env.su:
            if self._result_fields() & vals.keys():
                raise AccessError(self._result_text())
            asked = {"company_id", "month", "trial", "facts"}
            if asked & vals.keys() and set(self.mapped("state")) - {"draft"}:
                raise UserError(self.env._("A review that is done is not edited."))
        if vals.get("month"):
            vals = dict(vals, month=first_day(fields.Date.to_date(vals["month"])))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        if {"running", "done"} & set(self.mapped("state")):
            raise UserError(self.env._("A review that is done is kept."))

    def _result_fields(self):
        return {
            *("state", "rules", "run_by_id", "run_at"),
            *("client_count", "promotion_count", "demotion_count", "grace_count"),
            *("proposed_up_to", "warned_at"),
            *("clients_warned_up_to", "clients_warned_at"),
        }

    def _result_text(self):
        return self.env._("The result of a review is not edited.")

    # Actions

    def action_run(self):
        """Run the reviews from the button."""
        self.check_access("write")
        for review in self:
            if review.state in ("done", "tried"):
                raise UserError(
                    self.env._("The month %s is already reviewed.", review.display_name)
                )
            review._run()
        return True

    def action_open_changes(self):
        """Open the proposals of this review."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "vip_service.vip_tier_change_action"
        )
        return dict(action, domain=[("review_id", "=", self.id)], context={})

    def action_open_verdicts(self):
        """Open what this review found, or those in grace when it proposed the rest."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "vip_service.vip_tier_verdict_action"
        )
        domain = [("review_id", "=", self.id)]
        return dict(action, domain=domain, context={})
