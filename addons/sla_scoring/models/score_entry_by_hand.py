from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.misc import clean_context

from odoo.addons.vip_base.tools.event_time import event_time

GIFTS = ("offset", "award")
BY_HAND = {"kind", "company_id", "user_id", "points", "occurred_at", "reason"}


class ScoreEntryByHand(models.Model):
    """What people may write into the ledger: offsets and awards, in draft.

    All else is written by the rules, as superuser.
    """

    _inherit = "score.entry"

    @api.constrains("reason", "kind", "user_id")
    def _check_gift(self):
        for entry in self.filtered(lambda entry: entry.kind in GIFTS):
            if not entry.user_id or not (entry.reason or "").strip():
                raise ValidationError(
                    self.env._("An offset or an award needs an agent and a reason.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create([self._with_months(vals) for vals in vals_list])
        ledger = self.with_context(clean_context(self.env.context))
        by_hand = [ledger._by_hand(vals) for vals in vals_list]
        entries = super(ScoreEntryByHand, ledger).create(by_hand)
        return entries.with_env(self.env)

    def write(self, vals):
        if not self.env.su:
            self._check_editable(vals)
            if "occurred_at" in vals:
                # The months that follow from a date are those of the company's zone.
                for entry in self[1:]:
                    entry.write(vals)
                company = self[:1].company_id.id
                vals = self._with_months({**vals, "company_id": company})
                return super(ScoreEntryByHand, self[:1]).write(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        if any(entry.state == "posted" for entry in self):
            raise UserError(
                self.env._("A posted entry is never deleted. Reverse it instead.")
            )
        if not self.env.su and any(entry.kind not in GIFTS for entry in self):
            raise AccessError(
                self.env._("Excuse the missed promise instead of deleting its points.")
            )

    def _check_editable(self, vals):
        locked = any(
            entry.state != "draft" or entry.kind not in GIFTS for entry in self
        )
        if locked or not vals.keys() <= BY_HAND - {"company_id"}:
            raise AccessError(
                self.env._("Only offsets and awards in draft can be edited.")
            )
        if vals.get("kind", "offset") not in GIFTS:
            raise AccessError(self.env._("Deductions are written by the rules only."))
        if vals.get("user_id") == self.env.uid:
            raise AccessError(self.env._("Nobody gives points to themselves."))
        self._check_not_ahead(vals)

    def _check_not_ahead(self, vals):
        at = fields.Datetime.to_datetime(vals.get("occurred_at"))
        date_of = self.env.company._vip_local_date
        if at and date_of(at) > date_of(event_time(self.env)):
            raise ValidationError(self.env._("The date cannot lie in the future."))

    def _by_hand(self, vals):
        """Return what a manager may enter: an offset or an award, in draft."""
        if not vals.keys() <= BY_HAND or vals.get("kind", "offset") not in GIFTS:
            raise AccessError(
                self.env._("By hand, only offsets and awards can be entered.")
            )
        self._check_not_ahead(vals)
        at = event_time(self.env)
        known = {"kind": "offset", "occurred_at": at, "company_id": self.env.company.id}
        return self._with_months({**known, **vals, "raised_by_id": self.env.uid})

    def _with_months(self, vals):
        """Return the values of an entry with the months that follow from its date."""
        if "occurred_at" not in vals or "period" in vals:
            return vals
        company = self.env["res.company"].browse(
            vals.get("company_id") or self.env.company.id
        )
        at = fields.Datetime.to_datetime(vals["occurred_at"])
        # As superuser: the company's zone, nothing else.
        month = company.sudo()._vip_month(at)
        return {**vals, "period": month, "month": month}
