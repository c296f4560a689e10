from markupsafe import Markup

from odoo import api, fields, models

#: What a draft may change of a tier besides its criteria.
DRAFTED = ("match", "grace_reviews")


class VipTierBacktestTier(models.Model):
    """A draft of how the criteria of a tier are taken."""

    _name = "vip.tier.backtest.tier"
    _description = "Draft Tier"
    _order = "rank, id"
    _rec_name = "tier_id"

    backtest_id = fields.Many2one(
        "vip.tier.backtest", required=True, ondelete="cascade", index=True
    )
    tier_id = fields.Many2one("vip.tier", required=True, ondelete="cascade")
    rank = fields.Integer(related="tier_id.rank", store=True)
    match = fields.Selection(
        [("all", "All criteria"), ("any", "Any criterion")],
        string="Reached by",
        required=True,
        default="all",
    )
    grace_reviews = fields.Integer(
        string="Reviews of grace",
        help="So many reviews in a row may find a client below what this tier asks to "
        "stay before its fall is proposed.",
    )

    _grace_not_negative = models.Constraint(
        "CHECK (grace_reviews >= 0)", "Reviews of grace are none or more."
    )

    _tier_unique = models.UniqueIndex(
        "(backtest_id, tier_id)", "A back-test drafts each tier once."
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.backtest_id._reopen()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if set(DRAFTED) & vals.keys():
            self.backtest_id._reopen()
        return result

    def unlink(self):
        backtests = self.backtest_id
        result = super().unlink()
        backtests._reopen()
        return result

    @api.model
    def _values_of(self, tier):
        """Return the values of a line that drafts nothing new."""
        return {"tier_id": tier.id, **{name: tier[name] for name in DRAFTED}}

    def _as_rule(self):
        return {name: self[name] for name in DRAFTED}

    def _use(self, drafts):
        """Write this draft and those of the criteria to the tier, and say so in its log."""
        self.ensure_one()
        before = self.tier_id._threshold_lines()
        self.tier_id.write(
            {name: self[name] for name in DRAFTED if self.tier_id[name] != self[name]}
        )
        kept = drafts.criterion_id
        (self.tier_id.criterion_ids - kept).unlink()
        for draft in drafts:
            values = draft._draft_values()
            if draft.criterion_id:
                draft.criterion_id.write(values)
            else:
                # As superuser: the link is read-only for people.
                draft.sudo().criterion_id = self.env["vip.tier.criterion"].create(
                    values
                )
        self._log(before, self.tier_id._threshold_lines())

    def _log(self, before, after):
        if before == after:
            return
        self.tier_id.message_post(
            body=Markup("<p>%s</p><ul>%s</ul><p>%s</p><ul>%s</ul>")
            % (
                self.env._(
                    "Thresholds taken from the back-test of %s. Until now:",
                    self.backtest_id.display_name,
                ),
                Markup().join(Markup("<li>%s</li>") % line for line in before),
                self.env._("From now on:"),
                Markup().join(Markup("<li>%s</li>") % line for line in after),
            )
        )


class VipTierBacktestCriterion(models.Model):
    """A draft of a tier's criterion: all its fields and rules, in force nowhere."""

    _name = "vip.tier.backtest.criterion"
    _inherit = "vip.tier.criterion"
    _description = "Draft Tier Criterion"

    backtest_id = fields.Many2one(
        "vip.tier.backtest", required=True, ondelete="cascade", index=True
    )
    criterion_id = fields.Many2one(
        "vip.tier.criterion",
        string="Drafted from",
        ondelete="set null",
        readonly=True,
        help="Empty: the draft adds it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        criteria = super().create(vals_list)
        criteria.backtest_id._reopen()
        return criteria

    def write(self, vals):
        result = super().write(vals)
        self.backtest_id._reopen()
        return result

    def unlink(self):
        backtests = self.backtest_id
        result = super().unlink()
        backtests._reopen()
        return result

    def _audited_fields(self):
        """Keep drafts out of the audit log: they are in force nowhere."""
        return set()

    def _draft_values(self):
        """Return what the draft says, as values of a criterion in force."""
        [values] = self.copy_data()
        for name in ("backtest_id", "criterion_id"):
            values.pop(name, None)
        return values
