from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

from odoo.addons.vip_base.tools.times import event_time, first_day, month_end


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
            month = change.month and f"{change.month:%Y-%m}"
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
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

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
                        month=f"{newest:%Y-%m}",
                    )
                )
            if change.currency_id == change.old_currency_id:
                raise ValidationError(self.env._("This is the currency already."))

    # Business

    @api.model
    @ormcache("company_id")
    def _ids_of(self, company_id):
        """Return the ids of the changes of a company, the first one first."""
        return self.search([("company_id", "=", company_id)], order="month").ids

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


class ResCompany(models.Model):
    """In which currency a company keeps the money of which month."""

    _inherit = "res.company"

    def write(self, vals):
        """Refuse another currency for figures that are booked.

        :raise ValidationError: with the way to change it from a month on
        """
        if vals.get("currency_id"):
            self._vip_check_currency(
                self.env["res.currency"].browse(vals["currency_id"])
            )
        return super().write(vals)

    def _vip_check_currency(self, currency):
        # As superuser: figures count, whoever may see them.
        facts = self.env["vip.activity"].sudo()
        for company in self:
            if currency == company.currency_id:
                continue
            month = company._vip_month(event_time(self.env))
            planned = company._vip_currency_changes()
            if planned and company._vip_currency(month) == currency:
                continue
            if facts.search_count([("company_id", "=", company.id)], limit=1):
                raise ValidationError(
                    self.env._(
                        "“%(company)s” has figures in %(currency)s, which would be read "
                        "as %(other)s. Change the currency from a month on: "
                        "Configuration ▸ Clients and tiers ▸ Currencies of companies.",
                        company=company.name,
                        currency=company.currency_id.name,
                        other=currency.name,
                    )
                )

    def _vip_currency_changes(self):
        """Return the changes of this company's currency, the first one first."""
        # As superuser: in what a company keeps its money is no secret in the service.
        changes = self.env["vip.company.currency"].sudo()
        return changes.browse(changes._ids_of(self.id))

    def _vip_currency(self, month):
        """Return the currency of a month; None: the last one that is known of."""
        self.ensure_one()
        changes = self._vip_currency_changes()
        if not changes:
            # As superuser: as above.
            return self.sudo().currency_id
        begun = changes.filtered(lambda c: month is None or c.month <= month)
        return begun[-1:].currency_id or changes[:1].old_currency_id

    def _vip_currency_steps(self):
        """Return ``[[month, rate]]`` of the changes as plain data for rules."""
        return [[c.month.isoformat(), c.rate] for c in self._vip_currency_changes()]

    def _vip_currency_sql(self, month, column="id"):
        """Return the SQL of the id or name of the currency of a month.

        :param month: SQL of its first day, as date or as text (YYYY-MM-DD)
        """
        changes = self._vip_currency_changes()
        first = changes[:1].old_currency_id or self.sudo().currency_id
        cases = [
            SQL(
                "WHEN %s >= %s THEN %s",
                *(month, change.month.isoformat(), change.currency_id[column]),
            )
            for change in reversed(changes)
        ]
        if not cases:
            return SQL("%s", first[column])
        return SQL("CASE %s ELSE %s END", SQL(" ").join(cases), first[column])

    def _vip_rate(self, currency_id, month):
        """Return the rate from a currency to this company's at the end of a month.

        :return: False where none was known by then: a later rate says nothing of it
        """
        # As superuser: rates are no secret and need no rights of their own.
        currency = self.env["res.currency"].sudo().browse(currency_id)
        own, end = self.sudo()._vip_currency(month), month_end(month)
        if currency == own:
            return 1.0
        if not self._vip_rated(currency, end) or not self._vip_rated(
            own, end, by_itself=True
        ):
            return False
        return currency._get_conversion_rate(currency, own, self.sudo(), end)

    def _vip_rated(self, currency, day, by_itself=False):
        """Tell whether a currency had a rate by that day.

        :param by_itself: without any rates it is the one that others are measured in
        """
        rates = currency.rate_ids.filtered(
            lambda rate: not rate.company_id or rate.company_id == self.root_id
        )
        return (by_itself and not rates) or any(rate.name <= day for rate in rates)

    def _vip_months_used(self):
        """Return the newest months that are booked, reviewed, and of another currency."""
        # As superuser: only which months.
        reviewed = self.env["vip.tier.review"].sudo()._reviewed_up_to(self)
        changes = self._vip_currency_changes()
        before = changes[-2:-1].month
        return self._vip_newest_month(), reviewed, before
