from datetime import date
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.vip_base.tools.sql import NamesMany2many, NamesMany2one

from ..engine import charge

KINDS = [("overtime", "Overtime"), ("error", "Error")]
ANY = ("metric", "category_ids", "tier_ids")
#: What tells rules apart that would otherwise charge the same promises.
SCOPE = ("kind", "key_clients_only", "item_limit_only", *ANY)
#: What an entry was charged by; changed only by a new version once there is one.
TERMS = {*SCOPE, "band_ids", "company_id", "date_from", "grace_minutes"}
TERMS |= {"cap_ticket", "cap_month", "exempt_leave", "exempt_waiting"}


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
    company_id = NamesMany2one(
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
    metric = fields.Selection(
        lambda self: (
            self.env["sla.clock"]._fields["metric"]._description_selection(self.env)
        ),
        string="Promise",
        tracking=True,
        help="Charge only this kind of promise. Empty: every kind.",
    )
    category_ids = NamesMany2many(
        "helpdesk.ticket.category",
        below=True,
        string="Service items",
        help="Charge only these service items and those below them. Empty: all.",
    )
    tier_ids = NamesMany2many(
        "vip.tier",
        string="Tiers",
        help="Charge only lateness towards clients of these tiers. Empty: all.",
    )
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

    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_from IS NULL OR date_from <= date_to)",
        "A rule cannot end before it begins.",
    )
    _limits_positive = models.Constraint(
        "CHECK (COALESCE(grace_minutes, 0) >= 0 AND COALESCE(cap_ticket, 0) >= 0"
        " AND COALESCE(cap_month, 0) >= 0)",
        "Grace and caps cannot be negative.",
    )

    @api.depends(
        *("band_ids.lower", "band_ids.upper", "band_ids.outcome"),
        *("date_from", "date_to", "company_id", *SCOPE),
    )
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
        if TERMS & vals.keys():
            self._check_unused()
        result = super(ScoreRule, self._bands_in_one_go()).write(vals)
        if {"kind", "band_ids"} & vals.keys():
            self._check_bands()
        if vals.get("date_from"):
            self._end_previous()
        return result

    def _bands_in_one_go(self):
        return self.with_context(score_bands=BandsInOneGo())

    def _check_own_bands(self):
        self.ensure_one()
        crossing = charge.overlap(self._bands())
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

    def _scale(self):
        """Return how many units of a value make one unit of the bands' limits."""
        return 60 if self.kind == "overtime" else 1

    def _bands(self):
        """Return the bands as values: limits in seconds, or numbers of errors."""
        scale = self._scale()
        return [
            charge.Band(
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
        return charge.find(self._bands(), value) or self.env["score.rule.band"]

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

    # Which promises a rule charges, and which of several rules does.

    def _charges(self, promise):
        """Tell whether this rule charges a promise at all (REQUIREMENTS P1).

        :param promise: dict with ``key_client``, ``item_limit``, ``metric``, ``tier_id``
            and ``category_path`` (ids from the root to the service item)
        """
        self.ensure_one()
        return (
            (promise["key_client"] or not self.key_clients_only)
            and (promise["item_limit"] or not self.item_limit_only)
            and self.metric in (False, promise["metric"])
            and (not self.tier_ids or promise["tier_id"] in self.tier_ids.ids)
            and (
                not self.category_ids
                or not promise["category_path"].isdisjoint(self.category_ids.ids)
            )
        )

    def _rank(self):
        """Return how specific this rule is; the highest rank charges."""
        self.ensure_one()
        named = [bool(self[name]) for name in ("company_id", *reversed(ANY))]
        return (*named, self.date_from or date.min, self._origin.id or 0)

    def _for_promise(self, promise, company, day):
        """Return the one rule among these that charges a promise, or none.

        :param day: local date on which the clock stopped
        """
        in_force = self._in_force("overtime", company, day)
        matching = in_force.filtered(lambda rule: rule._charges(promise))
        return max(matching, key=lambda rule: rule._rank(), default=self.browse())

    # What a rule spares people: grace, exemptions and caps.

    def _spares(self, late_seconds):
        """Tell whether a lateness is within the grace."""
        return late_seconds <= self.grace_minutes * 60

    def _caps(self):
        """Return the caps per ticket and per month as Decimals; zero: none."""
        return tuple(
            Decimal(f"{cap or 0:.2f}") for cap in (self.cap_ticket, self.cap_month)
        )


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
