from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import SETTINGS_GROUPS
from odoo.addons.vip_base.tools.prefetch import SETTINGS
from odoo.addons.vip_base.tools.sql import remembered
from odoo.addons.vip_base.tools.times import event_time, month_end

from ..tools.figures_sql import edge_month_sql


class ResCompany(models.Model):
    """How a company judges its clients; what is set here is kept in the audit log."""

    _name = "res.company"
    _inherit = ["res.company", "vip.audited"]

    # Portal: of the host; a promise is made for what is asked

    helpdesk_mgmt_portal_select_category = fields.Boolean(default=True)

    # Reviews

    vip_review_auto = fields.Boolean(
        string="Monthly review by job",
        default=True,
        groups=SETTINGS_GROUPS,
        help="The review of the month before is made by the scheduled job.",
        prefetch=SETTINGS,
    )
    vip_review_day = fields.Integer(
        string="Review day",
        default=1,
        groups=SETTINGS_GROUPS,
        help="The day of the month from which the job makes the review, so that the "
        "figures of the month before have arrived.",
        prefetch=SETTINGS,
    )
    vip_one_step_down = fields.Boolean(
        string="Falls go one tier at a time",
        groups=SETTINGS_GROUPS,
        help="A review proposes the next tier below, however far the figures fell.",
        prefetch=SETTINGS,
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
        prefetch=SETTINGS,
    )
    vip_point_showings = fields.Integer(
        string="Key points retire after",
        default=30,
        groups=SETTINGS_GROUPS,
        help="A hint or rule that was shown so often for a client, each person and day "
        "once, without that anybody acted on it, is not shown of it any more; 0: never.",
        prefetch=SETTINGS,
    )
    vip_close_percent = fields.Integer(
        string="Close to the next tier from",
        default=80,
        groups=SETTINGS_GROUPS,
        help="From so many percent of what the next tier asks, a client is close to it.",
    )

    # Decisions on tier changes

    vip_auto_approval = fields.Selection(
        [
            ("none", "Nothing"),
            ("promotions", "Rises"),
            ("all", "Rises and falls"),
        ],
        string="Approved by rule",
        required=True,
        default="none",
        groups=SETTINGS_GROUPS,
        help="What the monthly review proposes and nobody needs to approve.",
        prefetch=SETTINGS,
    )
    vip_proposal_days = fields.Integer(
        string="Proposals expire after (days)",
        groups=SETTINGS_GROUPS,
        help="0: an undecided proposal waits until the next review.",
        prefetch=SETTINGS,
    )
    vip_review_single = fields.Boolean(
        string="One person runs a review and approves",
        groups=SETTINGS_GROUPS,
        help="Who runs a review by hand, or asks for entry proposals, may approve what "
        "the rules propose. Otherwise a second person does.",
        prefetch=SETTINGS,
    )
    vip_override_single = fields.Boolean(
        string="One person gives an override",
        groups=SETTINGS_GROUPS,
        help="A service manager may approve an own override.",
        prefetch=SETTINGS,
    )
    vip_tell_clients = fields.Boolean(
        string="Tell clients of their new tier",
        groups=SETTINGS_GROUPS,
        help="By e-mail, when the new tier takes effect.",
        prefetch=SETTINGS,
    )
    vip_warn_clients = fields.Boolean(
        string="Warn clients in grace",
        groups=SETTINGS_GROUPS,
        help="By e-mail, once per review, after their advisers were told.",
        prefetch=SETTINGS,
    )
    vip_entry_auto = fields.Boolean(
        string="Entry by the first deposit",
        groups=SETTINGS_GROUPS,
        help="An import proposes the tier whose entry threshold a new client's first "
        "month reaches.",
        prefetch=SETTINGS,
    )

    # Life cycle: who is active, loyal or dormant (REQUIREMENTS T5)

    vip_active_months = fields.Integer(
        string="Active within",
        default=3,
        groups=SETTINGS_GROUPS,
        help="A client with any activity in the last so many months is active; one that "
        "had activity before is dormant.",
        prefetch=SETTINGS,
    )
    vip_loyal_months = fields.Integer(
        string="Loyal from",
        default=9,
        groups=SETTINGS_GROUPS,
        help="An active client with activity in so many of the last twelve months is "
        "loyal.",
        prefetch=SETTINGS,
    )
    vip_lifecycle_month = fields.Date(
        string="Life cycle judged up to",
        readonly=True,
        copy=False,
        groups=SETTINGS_GROUPS,
        prefetch=SETTINGS,
    )

    # Answers of clients (REQUIREMENTS V1)

    vip_answer_days = fields.Integer(
        string="Days to answer",
        default=30,
        groups=SETTINGS_GROUPS,
        help="So many days after a request was closed its link takes an answer.",
        prefetch=SETTINGS,
    )

    _vip_answer_days_range = models.Constraint(
        "CHECK (vip_answer_days BETWEEN 1 AND 365)",
        "Clients have 1 to 365 days to answer.",
    )
    _vip_close_percent_range = models.Constraint(
        "CHECK (vip_close_percent BETWEEN 1 AND 100)",
        "Close to the next tier is from 1 to 100 percent.",
    )
    _vip_review_day_in_month = models.Constraint(
        "CHECK (vip_review_day BETWEEN 1 AND 28)",
        "The review day is a day from 1 to 28.",
    )
    _vip_point_showings_not_negative = models.Constraint(
        "CHECK (vip_point_showings >= 0)", "Key points retire after 0 showings or more."
    )
    _vip_proposal_days_not_negative = models.Constraint(
        "CHECK (vip_proposal_days >= 0)", "Proposals expire after 0 days or more."
    )
    _vip_active_months_range = models.Constraint(
        "CHECK (vip_active_months BETWEEN 1 AND 36)",
        "A client is active within 1 to 36 months.",
    )
    _vip_loyal_months_range = models.Constraint(
        "CHECK (vip_loyal_months BETWEEN 1 AND 12)",
        "A client is loyal from 1 to 12 months.",
    )

    def _audited_fields(self):
        # What is read-only is kept by jobs and is no setting.
        return {
            name
            for name, field in self._fields.items()
            if name.startswith("vip_") and field.store and not field.readonly
        }

    # In which currency it keeps the money of which month

    def write(self, vals):
        """Refuse another currency for figures that are booked.

        :raise ValidationError: with the way to change it from a month on
        """
        if vals.get("currency_id"):
            self._vip_check_currency(
                self.env["res.currency"].browse(vals["currency_id"])
            )
        return super().write(vals)

    @api.model
    def _vip_offer_items(self):
        """Let clients choose a service item in the portal, in all companies there are."""
        # As superuser: how the addon begins, whoever installs it.
        companies = self.sudo().with_context(active_test=False).search(Domain.TRUE)
        companies.helpdesk_mgmt_portal_select_category = True

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
        return changes.browse(self._vip_currency_change_ids())

    @remembered("self.id")
    def _vip_currency_change_ids(self):
        # As superuser: as above.
        changes = self.env["vip.company.currency"].sudo()
        return changes.search([("company_id", "=", self.id)], order="month").ids

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
        # As superuser: the currency of a company is no secret.
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

    # Figures

    def _vip_newest_month(self):
        """Return the newest month that this company has figures for, else None."""
        return self._vip_edge_month("max")

    def _vip_edge_month(self, edge):
        """Return the newest ("max") or first ("min") month with figures, else None."""
        self.ensure_one()
        self.env["vip.activity"].flush_model(["company_id", "month", "superseded_at"])
        [[month]] = self.env.execute_query(
            SQL("SELECT %s", edge_month_sql(self.id, edge))
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
