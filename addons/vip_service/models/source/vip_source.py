from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import NamesMany2many, NamesMany2one
from odoo.addons.vip_base.tools.times import add_months
from odoo.addons.vip_base.tools.written import written_day, written_money

#: What completes a month of a source.
COMPLETED_BY = [
    ("file", "A file of the month has arrived"),
    ("count", "So many rows have arrived"),
    ("total", "The newest file adds up to its control total"),
    ("day", "A day has come, whatever has arrived"),
]
#: A sum may differ by so much from its control total: what is rounded away.
TOLERANCE = 0.005


class VipSource(models.Model):
    """Where figures of clients come from: a system that sends files or calls.

    It says which metrics it delivers and what completes a month. A month is reviewed when
    all sources of the company have completed it.
    """

    _name = "vip.source"
    _description = "Source of Figures"
    _inherit = ["vip.audited"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    code = fields.Char(
        required=True, help="What a program that sends figures calls this source."
    )
    company_id = NamesMany2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(string="In use", default=True)
    metric_ids = NamesMany2many("vip.metric", string="Delivers", required=True)
    completed_by = fields.Selection(
        COMPLETED_BY,
        string="A month is complete when",
        required=True,
        default="file",
    )
    least_rows = fields.Integer(
        string="Rows at least",
        help="So many clients have figures of this source in the month.",
    )
    control_metric_id = NamesMany2one(
        "vip.metric",
        string="Control total of",
        help="The metric whose sum is typed beside the file.",
    )
    day = fields.Integer(
        string="Day of the month after",
        default=5,
        help="From this day on the month counts as complete.",
    )

    _code_unique = models.Constraint(
        "UNIQUE (company_id, code)", "A source's code is used only once."
    )
    _day_of_month = models.Constraint(
        "CHECK (day BETWEEN 1 AND 28)", "A month is complete on a day from 1 to 28."
    )
    _least_rows_given = models.Constraint(
        "CHECK (completed_by <> 'count' OR COALESCE(least_rows, 0) > 0)",
        "Say how many rows complete a month.",
    )
    _control_metric_given = models.Constraint(
        "CHECK (completed_by <> 'total' OR control_metric_id IS NOT NULL)",
        "Say of which metric the control total is the sum.",
    )

    @api.constrains("metric_ids")
    def _check_metrics(self):
        for source in self:
            if not source.metric_ids:
                raise ValidationError(
                    self.env._("The source “%s” delivers no metric.", source.name)
                )

    def _audited_fields(self):
        return {
            *("name", "code", "active", "metric_ids", "completed_by"),
            *("least_rows", "control_metric_id", "day"),
            *("sheet", "heading_row", "decimal_mark", "day_form", "encoding"),
        }

    # Actions

    def action_open_deliveries(self):
        """Open what has arrived from this source."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "vip_service.vip_source_delivery_action"
        )
        return dict(action, domain=[("source_id", "=", self.id)], context={})

    # What a month lacks

    def _lack_of(self, month, at):
        """Return what this source lacks of ``month``, in words, or None."""
        return getattr(self, f"_lack_by_{self.completed_by}")(month, at)

    def _lack_by_day(self, month, at):
        day = add_months(month, 1) + timedelta(days=self.day - 1)
        if self.company_id._vip_local_date(at) >= day:
            return None
        return self.env._("from %s on", written_day(self.env, day))

    def _lack_by_file(self, month, _at):
        if self._deliveries(month):
            return None
        return self.env._("no file has come")

    def _lack_by_count(self, month, _at):
        rows = self._rows_of(month)
        if rows >= self.least_rows:
            return None
        return self.env._(
            "%(rows)s of %(least)s rows have come", rows=rows, least=self.least_rows
        )

    def _lack_by_total(self, month, _at):
        newest = self._deliveries(month)[:1].import_id
        if not newest:
            return self.env._("no file has come")
        total = sum(self._deliveries_of(newest).mapped("total"))
        if abs(total - newest.control_total) <= TOLERANCE:
            return None
        return self.env._(
            "the newest file adds up to %(sum)s, not to %(total)s",
            sum=written_money(self.env, total),
            total=written_money(self.env, newest.control_total),
        )

    def _deliveries(self, month):
        """Return what has come of ``month`` by files that are booked, newest first."""
        return self.env["vip.source.delivery"].search(
            [
                ("source_id", "=", self.id),
                ("month", "=", month),
                ("import_id.state", "=", "done"),
            ]
        )

    def _deliveries_of(self, activity_import):
        return self.env["vip.source.delivery"].search(
            [("import_id", "=", activity_import.id)]
        )

    def _rows_of(self, month):
        """Return how many rows of ``month`` have come.

        Those of the largest file, or the clients whose figures are of this source, where
        several files brought them.
        """
        [[clients]] = self.env.execute_query(
            SQL(
                """
                SELECT count(DISTINCT f.partner_id)
                  FROM vip_activity f
                  JOIN vip_activity_import i ON i.id = f.import_id
                 WHERE f.company_id = %s AND f.metric_id = ANY(%s) AND f.month = %s
                   AND f.superseded_at IS NULL AND i.source_id = %s
                """,
                *(self.company_id.id, self.metric_ids.ids, month, self.id),
            )
        )
        return max([clients, *self._deliveries(month).mapped("row_count")])
