from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import event_time

from ..tools.kept_facts import keep_facts

#: What was booked; where it changes the row says since when, by whom and from where.
SAID = ("company_id", "metric_id", "month", "value", "currency_id", "rate")
#: All that a replaced fact goes on saying.
KEPT = (
    *SAID,
    *("partner_id", "alias_id", "value_company", "version"),
    *("recorded_at", "recorded_by_id", "import_id"),
)


class VipActivity(models.Model):
    """One client, metric, month and value.

    What a fact said is never lost: another value leaves a row that says what it was,
    until when it counted and who replaced it. So any past day can be told as it was
    known. Facts are written by imports only (``vip.activity.import``); whoever edits or
    deletes one all the same leaves such a row, too.
    """

    _name = "vip.activity"
    _description = "Activity Fact"
    _order = "month desc, partner_id, metric_id, version desc, id desc"
    _log_access = False
    _rec_name = "month"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, ondelete="restrict"
    )
    alias_id = fields.Many2one(
        "vip.client.alias",
        string="Booked under",
        ondelete="restrict",
        index="btree_not_null",
        help="The further number of the client; empty: its own.",
    )
    metric_id = fields.Many2one("vip.metric", required=True, ondelete="restrict")
    month = fields.Date(required=True, help="The first day of the month.")
    value = fields.Float(digits=(20, 4), required=True)
    currency_id = fields.Many2one(
        "res.currency", ondelete="restrict", help="Empty when the metric is not money."
    )
    rate = fields.Float(
        digits=0,
        required=True,
        default=1.0,
        help="From the currency to the company's, as booked.",
    )
    value_company = fields.Float(
        string="Value in company currency",
        digits=(20, 4),
        compute="_compute_value_company",
        store=True,
        precompute=True,
    )
    version = fields.Integer(
        required=True,
        default=1,
        help="Grows with each correction of a month that was already reviewed.",
    )
    recorded_at = fields.Datetime(
        string="Recorded at", required=True, default=lambda self: event_time(self.env)
    )
    recorded_by_id = fields.Many2one(
        "res.users",
        string="Recorded by",
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    superseded_at = fields.Datetime(
        string="Superseded at", help="Empty while this is the version that counts."
    )
    superseded_by_id = fields.Many2one(
        "res.users", string="Superseded by", ondelete="restrict"
    )
    import_id = fields.Many2one("vip.activity.import", ondelete="restrict")

    _month_first_day = models.Constraint(
        "CHECK (EXTRACT(day FROM month) = 1)", "A month is given by its first day."
    )
    _current = models.UniqueIndex(
        "(company_id, partner_id, metric_id, month, COALESCE(alias_id, 0))"
        " WHERE superseded_at IS NULL",
        "There is already a current value of this client, metric and month.",
    )
    # The figures of a month, and who has much of them, whatever the history.
    _by_value = models.Index(
        "(company_id, metric_id, month, value_company) INCLUDE (partner_id)"
        " WHERE superseded_at IS NULL"
    )

    @api.depends("value", "rate")
    def _compute_value_company(self):
        for fact in self:
            fact.value_company = fact.value * fact.rate

    def init(self):
        """Make the database keep what a fact said, whatever way it changes or goes."""
        keep_facts(self.env.cr, self._table, SAID, KEPT)

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        facts = super().create(vals_list)
        facts._let_reviews_look()
        return facts

    def write(self, vals):
        """Say of another value since when it counts and by whom it was entered.

        Of these facts those that count change: what was replaced stays as it was.
        """
        if not vals.keys() & {*SAID}:
            return super().write(vals)
        counting = self._counting()
        vals = {
            "recorded_at": event_time(self.env),
            "recorded_by_id": self.env.uid,
            "import_id": False,
            **vals,
        }
        # As superuser: which month was reviewed last.
        closed = self.env["vip.tier.review"].sudo()._reviewed_up_to
        for fact in counting:
            month = closed(fact.company_id)
            version = fact.version + bool(month and fact.month <= month)
            super(VipActivity, fact).write({"version": version, **vals})
        self.flush_recordset()
        counting._let_reviews_look()
        return True

    def _let_reviews_look(self):
        """Let reviews that rest on these figures be judged anew."""
        for company, facts in self.grouped("company_id").items():
            months = facts.mapped("month")
            reviews = self.env["vip.tier.review"]
            reviews._figures_changed(company, min(months), max(months))

    def unlink(self):  # pylint: disable=method-required-super
        """Let facts count no more; what they said is kept."""
        self.check_access("unlink")
        return self._counting()._take_back()

    def _take_back(self):
        return self.write(
            {"superseded_at": event_time(self.env), "superseded_by_id": self.env.uid}
        )

    def _counting(self):
        counting = self.filtered(lambda fact: not fact.superseded_at)
        if self and not counting:
            raise UserError(self.env._("A figure that was replaced stays as it was."))
        return counting

    # Actions

    def action_open_history(self):
        """Open all that was ever booked for this client, metric and month."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "vip_service.vip_activity_history_action"
        )
        return dict(action, domain=self._history_domain())

    def _history_domain(self):
        return [
            ("company_id", "=", self.company_id.id),
            ("partner_id", "=", self.partner_id.id),
            ("metric_id", "=", self.metric_id.id),
            ("month", "=", self.month),
            ("alias_id", "=", self.alias_id.id),
        ]

    # Merging

    @api.model
    def _clients_with_facts(self, partners):
        """Return those of ``partners`` that something was ever booked for."""
        found = self._read_group([("partner_id", "in", partners.ids)], ["partner_id"])
        return partners.browse(partner.id for [partner] in found)

    @api.model
    def _move(self, partner, client, alias):
        """Let all that was booked for ``partner`` be booked for ``client``.

        :param alias: under which further number; none: under its own
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_activity
                   SET partner_id = %s, alias_id = COALESCE(alias_id, %s)
                 WHERE partner_id = %s
                """,
                client.id,
                alias.id or None,
                partner.id,
            )
        )
        self.invalidate_model(flush=False)
