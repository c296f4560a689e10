from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import bands

KINDS = [("overtime", "Overtime"), ("error", "Error")]


class BandsInOneGo:
    """Context value: the bands are written together and checked at the end.

    Only this class counts, and a remote client can put no instance of it into a
    context.
    """


class ScoreRule(models.Model):
    """What lateness (in minutes) or the n-th error of a month costs, while in force."""

    _name = "score.rule"
    _description = "Score Rule"
    _inherit = ["mail.thread"]
    _order = "kind desc, date_from desc, id desc"

    name = fields.Char(required=True, translate=True, tracking=True)
    kind = fields.Selection(
        KINDS,
        required=True,
        default="overtime",
        tracking=True,
        help="Overtime: bands of minutes late. Error: bands of the number of the "
        "error in the month.",
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", tracking=True, help="Empty: every company."
    )
    date_from = fields.Date(string="In force from", tracking=True)
    date_to = fields.Date(string="In force to", tracking=True)
    key_clients_only = fields.Boolean(
        string="Key clients only",
        default=True,
        tracking=True,
        help="Charge lateness only towards clients above the lowest tier.",
    )
    item_limit_only = fields.Boolean(
        string="Service item limits only",
        default=True,
        tracking=True,
        help="Charge only the limit of the service item, not other promises.",
    )
    band_ids = fields.One2many("score.rule.band", "rule_id", string="Bands", copy=True)
    warning = fields.Text(compute="_compute_warning")

    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_from IS NULL OR date_from <= date_to)",
        "A rule cannot end before it begins.",
    )

    @api.depends("kind", "band_ids.lower", "band_ids.upper", "band_ids.outcome")
    def _compute_warning(self):
        for rule in self:
            rule.warning = "\n".join(rule._warnings()) or False

    @api.constrains("kind", "band_ids")
    def _check_bands(self):
        """Refuse bands that contradict each other; gaps are only warned about."""
        if isinstance(self.env.context.get("score_bands"), BandsInOneGo):
            return
        for rule in self:
            rule._check_own_bands()

    @api.model_create_multi
    def create(self, vals_list):
        rules = super(ScoreRule, self._bands_in_one_go()).create(vals_list)
        rules = rules.with_env(self.env)
        rules._check_bands()
        return rules

    def write(self, vals):
        result = super(ScoreRule, self._bands_in_one_go()).write(vals)
        if {"kind", "band_ids"} & vals.keys():
            self._check_bands()
        return result

    def _bands_in_one_go(self):
        return self.with_context(score_bands=BandsInOneGo())

    def _check_own_bands(self):
        self.ensure_one()
        crossing = bands.overlap(self._bands())
        if crossing:
            raise ValidationError(
                self.env._(
                    "The bands “%(one)s” and “%(other)s” of %(rule)s overlap.",
                    one=crossing[0].display_name,
                    other=crossing[1].display_name,
                    rule=self.name,
                )
            )
        if self.kind != "error":
            return
        for band in self.band_ids:
            whole = band.lower % 1 == 0 and band.upper % 1 == 0
            if band.outcome != "points" or not whole:
                raise ValidationError(
                    self.env._(
                        "The bands of an error rule count errors: whole numbers, "
                        "and the outcome is points."
                    )
                )

    def _warnings(self):
        """Return the sentences that a person configuring this rule should read."""
        self.ensure_one()
        unit = self.env._("min") if self.kind == "overtime" else self.env._("errors")
        scale = self._scale()
        result = []
        for low, high in bands.gaps(self._bands()):
            span = {"low": f"{low / scale:g}", "unit": unit}
            if high is None:
                result.append(
                    self.env._("Nothing is charged above %(low)s %(unit)s.", **span)
                )
            else:
                result.append(
                    self.env._(
                        "Nothing is charged from %(low)s to %(high)s %(unit)s.",
                        high=f"{high / scale:g}",
                        **span,
                    )
                )
        makes_errors = any(band.outcome != "points" for band in self.band_ids)
        # As superuser: whether a rule exists, also one of all companies.
        if makes_errors and not self.sudo().search_count(
            [("kind", "=", "error"), ("active", "=", True)], limit=1
        ):
            result.append(self.env._("No error rule says what an error costs."))
        return result

    def _scale(self):
        """Return how many units of a value make one unit of the bands' limits."""
        return 60 if self.kind == "overtime" else 1

    def _bands(self):
        """Return the bands as values: limits in seconds, or numbers of errors."""
        scale = self._scale()
        return [
            bands.Band(
                round(band.lower * scale),
                round(band.upper * scale) or None,
                band.upper_included,
                band,
            )
            for band in self.band_ids
        ]

    def _band_for(self, value):
        """Return the band of a lateness (seconds) or of the n-th error, else nothing.

        Source: REQUIREMENTS P1, P2.
        """
        return bands.find(self._bands(), value) or self.env["score.rule.band"]

    def _is_in_force(self, kind, company, day):
        """Tell whether this is a rule of a kind for a company on a local date."""
        self.ensure_one()
        return (
            self.kind == kind
            and self.company_id in (company, self.env["res.company"])
            and (not self.date_from or self.date_from <= day)
            and (not self.date_to or day <= self.date_to)
        )

    def _in_force(self, kind, company, day):
        """Return the rules among these in force, the most specific first."""
        rules = self.filtered(lambda rule: rule._is_in_force(kind, company, day))
        return rules.sorted(lambda rule: rule._rank(), reverse=True)
