from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.vip_base.tools.times import event_time, first_day, month_name


class VipCompanyCurrency(models.Model):
    """From which month on a company keeps its money in another currency.

    Figures of earlier months stay in the currency in which they were booked. Where a
    window reaches over the change, they count at the rate that is given here.
    """

    _name = "vip.company.currency"
    _description = "Change of a Company's Currency"
    _inherit = ["vip.audited"]
    _order = "month desc, id desc"
    _rec_name = "month"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
        index=True,
    )
    month = fields.Date(
        string="From the month",
        required=True,
        help="Nothing may be booked or reviewed for it yet.",
    )
    old_currency_id = fields.Many2one(
        "res.currency", string="Currency before", readonly=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(
        "res.currency", string="New currency", required=True, ondelete="restrict"
    )
    rate = fields.Float(
        digits=0,
        required=True,
        help="So much of the new currency is one of the currency before.",
    )
    recorded_at = fields.Datetime(
        string="Recorded at", readonly=True, default=lambda self: event_time(self.env)
    )

    _month_unique = models.Constraint(
        "UNIQUE (company_id, month)", "A company changes its currency once in a month."
    )
    _month_first_day = models.Constraint(
        "CHECK (EXTRACT(day FROM month) = 1)", "A month is given by its first day."
    )
    _rate_positive = models.Constraint("CHECK (rate > 0)", "A rate is above zero.")

    def _audited_fields(self):
        return {"month", "old_currency_id", "currency_id", "rate"}

    @api.depends("month", "currency_id")
    def _compute_display_name(self):
        for change in self:
            month = month_name(self.env, change.month)
            change.display_name = f"{month or '–'} {change.currency_id.name or ''}"

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """Enter changes, each from the currency that the one before it led to."""
        changes = self.browse()
        for vals in vals_list:
            if vals.get("month"):
                vals["month"] = first_day(fields.Date.to_date(vals["month"]))
            # As superuser: what a company has been keeping its money in.
            company = self.env["res.company"].sudo()
            company = company.browse(vals.get("company_id")) or self.env.company
            vals["old_currency_id"] = company._vip_currency(None).id
            vals["recorded_at"] = event_time(self.env)
            # Before it is there: what is refused must not be remembered.
            self.new(vals)._check_free()
            change = super().create([vals])
            self.env.registry.clear_cache()
            change._take_effect()
            changes |= change
        return changes

    def write(self, vals):
        if vals.keys() - {"currency_id", "rate"}:
            raise UserError(
                self.env._("Delete this change and enter another one instead.")
            )
        self._check_not_begun()
        return super().write(vals)

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_not_begun(self):
        self._check_not_begun()

    def _check_not_begun(self):
        for change in self:
            if change.month <= change.company_id._vip_month(event_time(self.env)):
                raise UserError(
                    self.env._("A change of currency whose month has begun is kept.")
                )

    def _check_free(self):
        """Check that nothing is booked, reviewed or decided for the month or later."""
        for change in self:
            company = change.company_id
            newest = max(filter(None, company._vip_months_used()), default=None)
            if newest and change.month <= newest:
                raise ValidationError(
                    self.env._(
                        "%(company)s has figures, a review or a change of currency of "
                        "%(month)s: its currency changes from a later month on.",
                        company=company.name,
                        month=month_name(self.env, newest),
                    )
                )
            if change.currency_id == change.old_currency_id:
                raise ValidationError(self.env._("This is the currency already."))

    # Business

    def _take_effect(self):
        """Give companies the currency of the month that has begun."""
        for change in self.sorted("month"):
            company = change.company_id
            if change.month <= company._vip_month(event_time(self.env)):
                # As superuser: an administrator has entered it, or the day has come.
                company.sudo().currency_id = change.currency_id

    @api.model
    def _cron_currencies(self):
        """Let companies have the currency of their month."""
        for company in self.search(Domain.TRUE).company_id:
            currency = company._vip_currency(company._vip_month(event_time(self.env)))
            if company.currency_id != currency:
                # As superuser: an administrator has entered it, the day has come.
                company.sudo().currency_id = currency
