from odoo import fields, models

from odoo.addons.vip_base.tools.groups import SETTINGS_GROUPS


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
        help="Some minutes: the first 5 minutes after a hand-over, or a fifth of the "
        "promised time if that is less, count for who gave the ticket.",
    )
    score_podium = fields.Boolean(
        string="Show the podium",
        groups=SETTINGS_GROUPS,
        help="Leaders and agents see the three best scorecards of a closed month.",
    )
    score_locked_month = fields.Date(
        string="Points locked up to",
        readonly=True,
        groups=SETTINGS_GROUPS,
        help="The last month that was closed: what is posted later counts after it.",
    )

    _score_settings_positive = models.Constraint(
        "CHECK (COALESCE(score_review_days, 0) >= 0"
        " AND COALESCE(score_appeal_days, 0) >= 0"
        " AND COALESCE(score_answer_days, 0) >= 0)",
        "The settings of the scores cannot be negative.",
    )
