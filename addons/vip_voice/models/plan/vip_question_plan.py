from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.vip_base.tools.sql import NamesMany2many, NamesMany2one
from odoo.addons.vip_base.tools.times import event_time

CLOSING, RELATION = "closing", "relation"
#: Models that the mails of a plan are about.
ABOUT = {CLOSING: "helpdesk.ticket", RELATION: "res.partner"}


class VipQuestionPlan(models.Model):
    """Who is asked what, and how often (REQUIREMENTS V1, V2).

    After a service the closest plan in the list that fits the closing decides; a closing
    that fits none is asked by no plan. Where a company has an active plan for closings,
    nothing else asks there: the mail of a stage does not. Of the relation all clients are
    asked, each after its rest.
    """

    _name = "vip.question.plan"
    _description = "Question Plan"
    _inherit = ["vip.audited"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = NamesMany2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    purpose = fields.Selection(
        [(CLOSING, "After a service"), (RELATION, "The relation as a whole")],
        required=True,
        default=CLOSING,
        help="After a service: a grade from 1 to 5. The relation: from 0 to 10, whether "
        "the client would recommend us.",
    )
    team_ids = NamesMany2many(
        "helpdesk.ticket.team",
        string="Teams",
        help="Empty: any team but those of the client's voice.",
    )
    category_ids = NamesMany2many(
        "helpdesk.ticket.category",
        below=True,
        string="Service items",
        help="Items below these are included. Empty: any item.",
    )
    channel_ids = NamesMany2many(
        "helpdesk.ticket.channel", string="Channels", help="Empty: any channel."
    )
    template_id = NamesMany2one(
        "mail.template",
        string="Mail that asks",
        required=True,
        domain="[('model', '=', template_model)]",
    )
    template_model = fields.Char(compute="_compute_template_model")
    rest_days = fields.Integer(
        string="Rest (days)",
        default=90,
        help="So long this plan asks a client only once. The company's rest between any "
        "two questions holds beside it.",
    )
    dimension_ids = NamesMany2many(
        "vip.dimension",
        string="Asked in detail",
        help="What the client may grade after the one question. Empty: nothing.",
    )
    quota_ids = fields.One2many("vip.question.quota", "plan_id", string="Quotas")
    date_from = fields.Datetime(
        string="Asks from",
        required=True,
        default=lambda self: event_time(self.env),
        help="What was closed before is not asked about.",
    )

    _rest = models.Constraint(
        "CHECK (rest_days >= 0)", "A rest is not shorter than no day."
    )
    _relation_rests = models.Constraint(
        "CHECK (purpose <> 'relation' OR rest_days > 0)",
        "The relation is asked about once in a rest of some days: say how many.",
    )

    @api.depends("purpose")
    def _compute_template_model(self):
        for plan in self:
            plan.template_model = ABOUT[plan.purpose or CLOSING]

    @api.constrains("purpose", "template_id")
    def _check_template(self):
        for plan in self:
            if plan.template_id.model != ABOUT[plan.purpose]:
                raise ValidationError(
                    self.env._("“%s” asks by a mail about something else.", plan.name)
                )

    @api.constrains("team_ids")
    def _check_teams(self):
        # As superuser: whether a team is one of the client's voice, nothing else.
        for plan in self.sudo():
            if plan.team_ids.filtered("vip_is_voice"):
                raise ValidationError(
                    self.env._("Teams of the client's voice ask no such question.")
                )

    def _audited_fields(self):
        return super()._audited_fields() | {
            *("name", "active", "purpose", "rest_days", "team_ids", "category_ids"),
            *("channel_ids", "template_id", "dimension_ids"),
        }


class VipQuestionQuota(models.Model):
    """How many clients of a tier a plan asks in a month at most."""

    _name = "vip.question.quota"
    _description = "Quota of Questions"
    _order = "plan_id, id"
    _rec_name = "tier_id"

    plan_id = fields.Many2one("vip.question.plan", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    tier_id = NamesMany2one("vip.tier", required=True)
    most = fields.Integer(string="At most a month", required=True)

    _tier_uniq = models.UniqueIndex(
        "(plan_id, tier_id)", "This tier has a quota in this plan already."
    )
    _not_negative = models.Constraint(
        "CHECK (most >= 0)", "A quota is not below zero: 0 asks nobody of the tier."
    )
