from odoo import api, fields, models
from odoo.exceptions import UserError


class ScoreRuleBand(models.Model):
    """One stretch of lateness, or one number of errors, and what it costs."""

    _name = "score.rule.band"
    _description = "Score Rule Band"
    _order = "rule_id, lower, id"

    rule_id = fields.Many2one(
        "score.rule", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="rule_id.company_id", store=True)
    kind = fields.Selection(related="rule_id.kind")
    lower = fields.Float(
        string="More than",
        help="Minutes late, or the number of errors; the limit itself belongs to the "
        "band below, unless that band leaves it out.",
    )
    upper = fields.Float(string="Up to (0: no end)")
    upper_included = fields.Boolean(string="Upper limit included", default=True)
    outcome = fields.Selection(
        [
            ("points", "Points deducted"),
            ("error", "An error"),
            ("error_review", "An error, reviewed by the manager"),
        ],
        required=True,
        default="points",
    )
    points = fields.Float(digits=(8, 2), help="What is deducted.")

    _limits = models.Constraint(
        "CHECK (lower >= 0 AND (COALESCE(upper, 0) = 0 OR upper > lower))",
        "A band begins at zero or above and ends above its beginning.",
    )
    _points_positive = models.Constraint(
        "CHECK (COALESCE(points, 0) >= 0 AND (outcome <> 'points' OR points > 0))",
        "A band that deducts points needs a number of points above zero.",
    )

    @api.depends_context("lang")
    @api.depends("lower", "upper", "upper_included", "kind")
    def _compute_display_name(self):
        for band in self:
            band.display_name = band._limits_text()

    @api.constrains("lower", "upper", "upper_included", "outcome")
    def _check_with_neighbours(self):
        self.rule_id._check_bands()

    @api.model_create_multi
    def create(self, vals_list):
        result = super().create(vals_list)
        result.rule_id._check_unused()
        result._log_on_rule(self.env._("Band added: %s"))
        return result

    def write(self, vals):
        self.rule_id._check_unused()
        result = super().write(vals)
        self._log_on_rule(self.env._("Band changed: %s"))
        return result

    def unlink(self):
        self.rule_id._check_unused()
        self._log_on_rule(self.env._("Band removed: %s"))
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        charged = [("band_id", "in", self.ids)]
        # As superuser: whether any entry counts, not which.
        if self.env["score.entry"].sudo().search_count(charged, limit=1):
            raise UserError(
                self.env._(
                    "Points were charged by this band. End the rule with a date and "
                    "make a new one instead."
                )
            )

    def _limits_text(self):
        """Return the limits of the band for people, such as ``5 to 10 min late``."""
        return self._limits_words(self._frozen())

    def _frozen(self):
        """Return what a point entry keeps of this band, whatever becomes of it.

        These are facts and not words: the job that charges and the person who reads
        may have different languages.
        """
        self.ensure_one()
        return {
            "rule_id": self.rule_id.id,
            "rule": self.rule_id.name,
            "kind": self.kind,
            "lower": self.lower,
            "upper": self.upper,
            "upper_included": self.upper_included,
        }

    @api.model
    def _limits_words(self, frozen):
        """Return the limits of a band, given as by :meth:`_frozen`, for people."""
        lower, upper = frozen["lower"], frozen["upper"]
        if frozen["kind"] == "error":
            low = int(lower) + 1
            if low == int(upper):
                return self.env._("error no. %s", low)
            return self.env._("error no. %s and later", low)
        limits = {"low": f"{lower:g}", "high": f"{upper:g}"}
        if not upper:
            return self.env._("from %(low)s min late", **limits)
        if frozen["upper_included"]:
            return self.env._("%(low)s to %(high)s min late", **limits)
        return self.env._("%(low)s to less than %(high)s min late", **limits)

    def _log_on_rule(self, text):
        """Leave a trace of the change on the rule (REQUIREMENTS R1)."""
        if self.env.context.get("install_mode"):
            return
        outcomes = dict(self._fields["outcome"]._description_selection(self.env))
        for band in self:
            line = self.env._(
                "%(limits)s → %(outcome)s, %(points)s points",
                limits=band._limits_text(),
                outcome=outcomes[band.outcome],
                points=f"{band.points:g}",
            )
            band.rule_id.message_post(body=text % line)
