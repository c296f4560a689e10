from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.times import event_time

BY_HAND = {
    *("name", "owner_id", "team_id", "aim", "per_1000", "has_limit", "recheck_on"),
    *("category_ids", "action_ids", "source"),
}
#: What was opened, and when: the database keeps it.
OPENED = ("number", "company_id", "opened_at")
#: So many days are compared, before the opening and after the last action.
DAYS = 90


class VipImprovement(models.Model):
    """A task that something repeated opens: who, what, the aim, and whether it worked (V4).

    Its aim is a figure: at most so many cases per 1,000 tickets. What a case is, its source
    says: promises missed on some service items, or what another addon counts.
    """

    _name = "vip.improvement"
    _description = "Improvement"
    _inherit = ["mail.thread", "vip.hands.off.mixin"]
    _order = "opened_at desc, id desc"
    _rec_name = "number"

    number = fields.Char(readonly=True)
    name = fields.Char(string="What is improved", required=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    owner_id = fields.Many2one(
        "res.users",
        required=True,
        domain="[('share', '=', False)]",
        default=lambda self: self.env.user,
        ondelete="restrict",
        index=True,
    )
    team_id = fields.Many2one("helpdesk.ticket.team", ondelete="restrict")
    source = fields.Selection(
        [("missed", "Missed promises")],
        string="What is counted",
        required=True,
        default="missed",
    )
    category_ids = fields.Many2many(
        "helpdesk.ticket.category", string="Service items", help="Empty: any item."
    )
    aim = fields.Text(help="What is to be different afterwards.")
    has_limit = fields.Boolean(string="With a limit")
    per_1000 = fields.Float(
        string="At most per 1,000 tickets",
        help="Without a limit: fewer than before.",
    )
    opened_at = fields.Datetime(string="Opened at", required=True, readonly=True)
    recheck_on = fields.Date(
        string="Re-check on",
        required=True,
        default=lambda self: self._default_recheck(),
    )
    closed_at = fields.Datetime(string="Closed at", readonly=True)
    result = fields.Selection(
        [("passed", "Passed"), ("failed", "Failed"), ("early", "Too early to tell")],
        string="Last re-check",
        readonly=True,
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("recheck", "To be re-checked"),
            ("passed", "Passed"),
            ("failed", "Failed"),
        ],
        compute="_compute_state",
    )

    _open_idx = models.Index("(company_id, recheck_on) WHERE closed_at IS NULL")

    def init(self):
        """Make the database itself keep when it was opened."""
        frozen_rows.freeze(self.env.cr, self._table, columns=OPENED)

    def _default_recheck(self):
        today = self.env.company._vip_local_date(event_time(self.env))
        return today + relativedelta(days=DAYS)

    @api.depends("number", "name")
    def _compute_display_name(self):
        for improvement in self:
            texts = (improvement.number, improvement.name)
            improvement.display_name = " · ".join(filter(None, texts))

    @api.depends("closed_at", "result", "recheck_on")
    def _compute_state(self):
        now = event_time(self.env)
        for improvement in self:
            if improvement.closed_at:
                improvement.state = improvement.result
            else:
                today = improvement.company_id._vip_local_date(now)
                due = improvement.recheck_on and improvement.recheck_on <= today
                improvement.state = "recheck" if due else "open"

    # Opening

    def _guarded_fields(self):
        if self and self.closed_at:
            return set(self._fields)
        return self._all_but(BY_HAND)

    def _hands_off(self, names):
        if self and self.closed_at:
            return AccessError(self.env._("It was re-checked: it stays as it is."))
        return super()._hands_off(names)

    def _with_facts(self, vals):
        company = self.env["res.company"].browse(vals.get("company_id"))
        company = company or self.env.company
        # As superuser: the next number, whoever opens it.
        sequences = self.env["ir.sequence"].sudo().with_company(company)
        return {
            **vals,
            "company_id": company.id,
            "number": sequences.next_by_code("vip.improvement"),
            "opened_at": event_time(self.env),
        }

    # What is counted

    def _cases(self, start, stop):
        """Return how many cases happened from ``start`` to ``stop`` (naive UTC); a door.

        By ``source``; who adds one extends this.
        """
        self.ensure_one()
        if self.source != "missed":
            raise UserError(self.env._("Nothing counts these cases any more."))
        [(count,)] = self.env.execute_query(
            SQL(
                """
                SELECT count(DISTINCT b.ticket_id) FROM sla_breach b
                  JOIN helpdesk_ticket t ON t.id = b.ticket_id
                 WHERE b.company_id = %s AND b.state = 'open' AND %s
                   AND t.opened_at >= %s AND t.opened_at < %s
                """,
                self.company_id.id,
                self._of_items(SQL("t.category_id")),
                start,
                stop,
            )
        )
        return count

    def _tickets(self, start, stop):
        """Return how many tickets were opened from ``start`` to ``stop``; a door."""
        self.ensure_one()
        [(count,)] = self.env.execute_query(
            SQL(
                """
                SELECT count(*) FROM helpdesk_ticket t
                 WHERE t.company_id = %s AND %s
                   AND t.opened_at >= %s AND t.opened_at < %s
                """,
                self.company_id.id,
                self._of_items(SQL("t.category_id")),
                start,
                stop,
            )
        )
        return count

    def _of_items(self, column):
        items = self.category_ids.ids
        return SQL("%s = ANY(%s)", column, items) if items else SQL("TRUE")
