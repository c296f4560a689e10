from odoo import api, fields, models

from odoo.addons.vip_base.tools.times import event_time


class VipActivity(models.Model):
    """One client, metric, month and value.

    Facts of an open month are overwritten; once the month is reviewed a correction is a
    new version. Facts are written by imports only (``vip.activity.import``); a merge of
    clients lets doubles count no more.
    """

    _name = "vip.activity"
    _description = "Activity Fact"
    _order = "month desc, partner_id, metric_id, version desc"
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
    version = fields.Integer(required=True, default=1)
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
    import_id = fields.Many2one("vip.activity.import", ondelete="restrict")

    _month_first_day = models.Constraint(
        "CHECK (EXTRACT(day FROM month) = 1)", "A month is given by its first day."
    )
    _current = models.UniqueIndex(
        "(company_id, partner_id, metric_id, month) WHERE superseded_at IS NULL",
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

    @api.model
    def _supersede_doubles(self, sources, client):
        """Let one figure per metric and month count of clients that become one.

        The client's own counts, else that of the first source.

        :returns: how many do not count any more
        """
        domain = [
            ("partner_id", "in", (sources | client).ids),
            ("superseded_at", "=", False),
        ]
        groups = self.search(domain, order="id").grouped(
            lambda fact: (fact.company_id, fact.metric_id, fact.month)
        )
        doubles = self.browse()
        for same in groups.values():
            doubles |= same - min(
                same, key=lambda fact: (fact.partner_id != client, fact.partner_id.id)
            )
        self.browse(doubles.ids).write({"superseded_at": event_time(self.env)})
        return len(doubles)
