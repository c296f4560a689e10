from decimal import Decimal

from odoo import fields, models


class ScoreRuleLimits(models.Model):
    """What a rule spares people: grace, exemptions and caps."""

    _inherit = "score.rule"

    grace_minutes = fields.Integer(
        string="Grace (minutes)",
        tracking=True,
        help="Lateness up to this costs nothing; more is judged in full.",
    )
    exempt_leave = fields.Boolean(
        string="Spare approved leave",
        default=True,
        tracking=True,
        help="Time in which the holder was on leave that somebody else entered is "
        "borne by the team.",
    )
    exempt_waiting = fields.Boolean(
        string="Spare waiting for the client",
        default=True,
        tracking=True,
        help="Time in which the ticket waited for the client is not lateness, also "
        "where the promise goes on meanwhile.",
    )
    cap_ticket = fields.Float(
        string="Most per ticket (points)",
        digits=(8, 2),
        tracking=True,
        help="The most that one agent loses for one ticket by rules of this kind, "
        "less what was taken back; 0: no cap.",
    )
    cap_month = fields.Float(
        string="Most per month (points)",
        digits=(8, 2),
        tracking=True,
        help="The most that one agent loses in one month by rules of this kind, less "
        "what was taken back; 0: no cap.",
    )

    _limits_positive = models.Constraint(
        "CHECK (COALESCE(grace_minutes, 0) >= 0 AND COALESCE(cap_ticket, 0) >= 0"
        " AND COALESCE(cap_month, 0) >= 0)",
        "Grace and caps cannot be negative.",
    )

    def _spares(self, late_seconds):
        """Tell whether a lateness is within the grace."""
        return late_seconds <= self.grace_minutes * 60

    def _caps(self):
        """Return the caps per ticket and per month as Decimals; zero: none."""
        return tuple(
            Decimal(f"{cap or 0:.2f}") for cap in (self.cap_ticket, self.cap_month)
        )
