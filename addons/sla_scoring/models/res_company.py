from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.vip_base.tools.groups import SETTINGS_GROUPS
from odoo.addons.vip_base.tools.prefetch import SETTINGS


class ResCompany(models.Model):
    _inherit = "res.company"

    score_review_days = fields.Integer(
        string="Review window (days)",
        default=3,
        groups=SETTINGS_GROUPS,
        help="Days after which a drafted deduction is posted if nobody objected.",
        prefetch=SETTINGS,
    )
    score_appeal_days = fields.Integer(
        string="Time to contest (days)",
        default=15,
        groups=SETTINGS_GROUPS,
        help="Days after posting in which the agent may contest an entry.",
        prefetch=SETTINGS,
    )
    score_answer_days = fields.Integer(
        string="Time to answer (days)",
        default=7,
        groups=SETTINGS_GROUPS,
        help="Days in which an appeal is to be answered.",
        prefetch=SETTINGS,
    )
    score_sharing = fields.Selection(
        [
            ("grace", "After the limit; a hand-over needs some minutes"),
            ("overrun", "After the limit, from the hand-over on"),
            ("whole", "From start to stop of the promise"),
        ],
        string="Lateness is shared by the time held",
        default="grace",
        required=True,
        groups=SETTINGS_GROUPS,
        help="Some minutes: the first minutes after a hand-over (as many as the team "
        "says), or a fifth of the promised time if that is less, count for who gave the "
        "ticket.",
        prefetch=SETTINGS,
    )
    score_podium = fields.Boolean(
        string="Show the podium",
        groups=SETTINGS_GROUPS,
        help="Leaders and agents see the three best scorecards of a closed month.",
        prefetch=SETTINGS,
    )
    score_close_second = fields.Boolean(
        string="A second manager confirms",
        default=True,
        groups=SETTINGS_GROUPS,
        help="A close that leaves something out is proposed by one service manager and "
        "confirmed by another. Off: a reason suffices.",
        prefetch=SETTINGS,
    )
    score_award_max = fields.Float(
        string="Most points of one award",
        default=10,
        digits=(8, 2),
        groups=SETTINGS_GROUPS,
        help="No award, and no offset entered by hand, gives more points at once.",
        prefetch=SETTINGS,
    )
    score_locked_month = fields.Date(
        string="Points locked up to",
        readonly=True,
        groups=SETTINGS_GROUPS,
        help="The last month that was closed: what is posted later counts after it.",
        prefetch=SETTINGS,
    )

    _score_settings_positive = models.Constraint(
        "CHECK (COALESCE(score_review_days, 0) >= 0"
        " AND COALESCE(score_appeal_days, 0) >= 0"
        " AND COALESCE(score_answer_days, 0) >= 0"
        " AND COALESCE(score_award_max, 0) >= 0)",
        "The settings of the scores cannot be negative.",
    )

    def _audited_fields(self):
        """Who may close alone, and how much an award may give, is kept when it changes."""
        return super()._audited_fields() | {"score_close_second", "score_award_max"}

    @api.constrains("score_award_max")
    def _check_award_max(self):
        for company in self:
            rules = self.env["score.award.rule"].search(
                [("company_id", "in", [company.id, False])]
            )
            for rule in rules:
                company._check_award(rule)

    def _check_award(self, rule):
        """Check that an award gives no more than these companies allow.

        :raise ValidationError: it does
        """
        for company in self:
            if rule.points > company.score_award_max:
                raise ValidationError(
                    self.env._(
                        "%(award)s gives %(points)s points; one award of %(company)s "
                        "gives %(most)s at most (Settings ▸ VIP Service ▸ Points).",
                        award=rule.name,
                        points=f"{rule.points:.2f}",
                        company=company.name,
                        most=f"{company.score_award_max:.2f}",
                    )
                )
