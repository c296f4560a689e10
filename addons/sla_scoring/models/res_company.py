from odoo import fields, models

#: Who sets how points are given: the portal reads companies.
SETTINGS_GROUPS = "base.group_system,vip_service.group_vip_admin"


class ResCompany(models.Model):
    _inherit = "res.company"

    score_review_days = fields.Integer(
        string="Review window (days)",
        default=3,
        groups=SETTINGS_GROUPS,
        help="Days after which a drafted deduction is posted if nobody objected.",
    )
    score_appeal_days = fields.Integer(
        string="Time to contest (days)",
        default=15,
        groups=SETTINGS_GROUPS,
        help="Days after posting in which the agent may contest an entry.",
    )
    score_answer_days = fields.Integer(
        string="Time to answer (days)",
        default=7,
        groups=SETTINGS_GROUPS,
        help="Days in which an appeal is to be answered.",
    )
    score_coaching_threshold = fields.Float(
        string="Coaching above (points)",
        default=6.0,
        digits=(8, 2),
        groups=SETTINGS_GROUPS,
        help="Deductions in a month from which closing the scorecard proposes a "
        "coaching talk; 0: never.",
    )
    score_award_points = fields.Float(
        string="Award for the best scorecard (points)",
        default=2.0,
        digits=(8, 2),
        groups=SETTINGS_GROUPS,
        help="Proposed for the best scorecard of a closed month; 0: none.",
    )

    _score_settings_positive = models.Constraint(
        "CHECK (COALESCE(score_review_days, 0) >= 0"
        " AND COALESCE(score_appeal_days, 0) >= 0"
        " AND COALESCE(score_answer_days, 0) >= 0"
        " AND COALESCE(score_coaching_threshold, 0) >= 0"
        " AND COALESCE(score_award_points, 0) >= 0)",
        "The settings of the scores cannot be negative.",
    )
