from odoo import api, fields, models
from odoo.tools import SQL


class VipSourceDelivery(models.Model):
    """What one import of a source brought of one month; kept by the import, in SQL."""

    _name = "vip.source.delivery"
    _description = "Delivery of a Source"
    _log_access = False
    _order = "month desc, id desc"
    _rec_name = "month"

    source_id = fields.Many2one(
        "vip.source", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="source_id.company_id")
    import_id = fields.Many2one(
        "vip.activity.import",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    month = fields.Date(required=True, readonly=True, help="Its first day.")
    row_count = fields.Integer(string="Accepted rows", readonly=True)
    total = fields.Float(
        digits=(20, 4),
        readonly=True,
        help="The sum of the metric of the source's control total.",
    )

    _by_month = models.Index("(source_id, month)")

    @api.model
    def _keep(self, activity_import, metrics):
        """Keep what the rows of this import, staged and accepted, bring of each month.

        :param metrics: those that the file has columns of
        """
        source = activity_import.source_id
        if not source:
            return
        control = source.control_metric_id
        total = SQL("NULL::numeric")
        if control in metrics:
            total = SQL("sum(%s)", SQL.identifier(f"v_{control.id}"))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO vip_source_delivery
                       (source_id, import_id, month, row_count, total)
                SELECT %s, %s, month, count(*), %s
                  FROM vip_import_row WHERE reason IS NULL GROUP BY month
                """,
                *(source.id, activity_import.id, total),
            )
        )
        self.invalidate_model()
