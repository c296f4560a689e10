from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.sql import LooseMany2one
from odoo.addons.vip_base.tools.times import month_name

from .score_close import LEFT_OUT


class ScoreCloseLeft(models.Model):
    """One thing that a close left out: frozen, so that it can be told later.

    What became of it is read from the record itself.
    """

    _name = "score.close.left"
    _description = "Left Out by a Close"
    _inherit = ["vip.hands.off.mixin"]
    _order = "close_id desc, id"
    _rec_name = "line"
    _log_access = False

    close_id = fields.Many2one(
        "score.close", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    line = fields.Char(
        string="Line of the checklist (key)", required=True, readonly=True
    )
    line_name = fields.Char(
        string="Line of the checklist", compute="_compute_line_name"
    )
    res_model = fields.Char(string="Kind of record", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    user_id = LooseMany2one("res.users", string="Agent", readonly=True)
    points = fields.Float(
        digits=(8, 2), readonly=True, help="Points that the month did not count."
    )
    subject = fields.Char(string="What", compute="_compute_outcome")
    outcome = fields.Char(
        string="What became of it",
        compute="_compute_outcome",
        help="Which month counts the points, or what was decided since.",
    )

    def init(self):
        """Make the database itself refuse to change or delete what was left out."""
        frozen_rows.freeze(self.env.cr, self._table)

    def _auto_init(self):
        frozen_rows.thaw(self.env.cr, self._table)
        return super()._auto_init()

    def _guarded_fields(self):
        return self._all_but(())

    def _hands_off(self, names):
        return AccessError(self.env._("What a close leaves out is noted by the close."))

    @api.depends_context("lang")
    @api.depends("line")
    def _compute_line_name(self):
        for close, rows in self.grouped("close_id").items():
            names = {line["key"]: line["waiting"] for line in close._lines()}
            for row in rows:
                row.line_name = names.get(row.line, row.line)

    @api.depends_context("lang")
    @api.depends("res_model", "res_id")
    def _compute_outcome(self):
        for model, rows in self.grouped("res_model").items():
            # As superuser: its name and state; who sees the close may know them.
            records = self.env[model].sudo() if model in self.env else None
            ids = rows.mapped("res_id")
            found = {} if records is None else records.browse(ids).exists()
            for row in rows:
                record = records is not None and records.browse(row.res_id)
                if record and record in found:
                    row.subject = record.display_name
                    row.outcome = row._outcome_of(record)
                else:
                    row.subject, row.outcome = "", self.env._("Dropped")

    def _outcome_of(self, record):
        """Return what became of a record that still exists."""
        if record._name == "score.entry" and self.line in LEFT_OUT:
            if record.state == "draft":
                return self.env._("Still a draft")
            return self.env._("Counted in %s", month_name(self.env, record.month))
        field = record._fields.get("state")
        if field is None or field.type != "selection":
            return ""
        return dict(field._description_selection(self.env)).get(record.state, "")

    @api.model
    def _keep(self, close):
        """Keep what waits for somebody at this moment, by one statement."""
        lines = close._lines()
        self.env.flush_all()
        selects = [
            self._left(close, line["key"], rows)
            for line in lines
            for rows in line["open"].values()
        ]
        self.env.cr.execute(
            SQL(
                "INSERT INTO score_close_left (close_id, company_id, line, res_model,"
                " res_id, user_id, points) SELECT * FROM (%s) l ORDER BY 3, 4, 5",
                SQL(" UNION ").join(selects),
            )
        )
        self.invalidate_model()
        close.invalidate_recordset(["left_ids", "left_count", "left_points"])

    def _left(self, close, line, rows):
        query = self.env[rows.model]._search(rows.domain, active_test=False)
        points = SQL("NULL::numeric")
        if line in LEFT_OUT:
            points = SQL("%s::numeric", close._column(rows.model, query, "points"))
        return query.select(
            SQL("%s", close.id),
            SQL("%s", close.company_id.id),
            SQL("%s::text", line),
            SQL("%s::text", rows.model),
            SQL.identifier(query.table, "id"),
            close._column(rows.model, query, "user_id"),
            points,
        )

    def action_open(self):
        """Open what was left out.

        :raise UserError: it is gone
        """
        self.ensure_one()
        if not self.env[self.res_model].browse(self.res_id).exists():
            raise UserError(self.env._("It was dropped since."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
