from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import SETTINGS_GROUPS

from ..tools.measure_sql import edge_month_sql


class ResCompany(models.Model):
    _inherit = "res.company"

    vip_review_auto = fields.Boolean(
        string="Monthly review by job",
        default=True,
        groups=SETTINGS_GROUPS,
        help="The review of the month before is made by the scheduled job.",
    )
    vip_review_day = fields.Integer(
        string="Review day",
        default=1,
        groups=SETTINGS_GROUPS,
        help="The day of the month from which the job makes the review, so that the "
        "figures of the month before have arrived.",
    )

    vip_one_step_down = fields.Boolean(
        string="Falls go one tier at a time",
        groups=SETTINGS_GROUPS,
        help="A review proposes the next tier below, however far the figures fell.",
    )
    vip_falls_every = fields.Selection(
        [
            ("1", "Every month"),
            ("3", "The last month of a quarter"),
            ("6", "June and December"),
            ("12", "December"),
        ],
        string="Falls are proposed for",
        required=True,
        default="1",
        groups=SETTINGS_GROUPS,
        help="The reviews of other months propose rises and count shortfalls; who is "
        "below is in grace until then.",
    )
    vip_close_percent = fields.Integer(
        string="Close to the next tier from",
        default=80,
        groups=SETTINGS_GROUPS,
        help="From so many percent of what the next tier asks, a client is close to it.",
    )

    _vip_close_percent_range = models.Constraint(
        "CHECK (vip_close_percent BETWEEN 1 AND 100)",
        "Close to the next tier is from 1 to 100 percent.",
    )
    _vip_review_day_in_month = models.Constraint(
        "CHECK (vip_review_day BETWEEN 1 AND 28)",
        "The review day is a day from 1 to 28.",
    )

    def _vip_newest_month(self):
        """Return the newest month that this company has figures for, else None."""
        self.ensure_one()
        self.env["vip.activity"].flush_model(["company_id", "month", "superseded_at"])
        [[month]] = self.env.execute_query(
            SQL("SELECT %s", edge_month_sql(self.id, "max"))
        )
        return month

    def _vip_lock_figures(self):
        """Keep two transactions from booking or judging this company's figures at once.

        A review that ran beside an import would judge other figures than those that are
        then kept for its month. Raises UserError when another one is at work.
        """
        self.ensure_one()
        [[free]] = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(hashtext('vip.activity'), %s)",
                self.id,
            )
        )
        if not free:
            raise UserError(
                self.env._(
                    "Another import or review of this company is running; try again soon."
                )
            )
