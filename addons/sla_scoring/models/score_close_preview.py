from odoo import fields, models
from odoo.tools import SQL


class ScoreClosePreview(models.Model):
    """What a close would freeze, and what is still open."""

    _inherit = "score.close"

    card_count = fields.Integer(string="Scorecards", compute="_compute_totals")
    open_card_count = fields.Integer(string="To freeze", compute="_compute_totals")
    deduction = fields.Float(
        string="Deductions", compute="_compute_totals", digits=(8, 2)
    )
    offset = fields.Float(
        string="Offsets used", compute="_compute_totals", digits=(8, 2)
    )
    award = fields.Float(string="Awards", compute="_compute_totals", digits=(8, 2))
    total = fields.Float(compute="_compute_totals", digits=(8, 2))
    draft_count = fields.Integer(
        string="Drafts",
        compute="_compute_open",
        help="Entries of the month that are not posted yet: they would count in the next "
        "month.",
    )
    unreviewed_count = fields.Integer(
        string="Waiting for a manager",
        compute="_compute_open",
        help="Drafts of the month that only a manager posts.",
    )
    appeal_count = fields.Integer(
        string="Open appeals",
        compute="_compute_open",
        help="Points they give back would count in the next month.",
    )
    review_count = fields.Integer(
        string="Quality reviews to score or settle", compute="_compute_open"
    )

    def _compute_totals(self):
        names = ("deduction", "offset", "award", "total")
        for close in self:
            domain = close._card_domain()
            rows = self.env["score.card"]._read_group(
                domain, ["state"], ["__count", *(f"{name}:sum" for name in names)]
            )
            close.card_count = sum(row[1] for row in rows)
            close.open_card_count = sum(row[1] for row in rows if row[0] == "draft")
            for place, name in enumerate(names, start=2):
                close[name] = sum(row[place] or 0 for row in rows)

    def _compute_open(self):
        for close in self:
            drafts = self.env["score.entry"].search(close._draft_domain())
            close.draft_count = len(drafts)
            close.unreviewed_count = len(drafts.filtered("needs_review"))
            close.appeal_count = self.env["score.appeal"].search_count(
                close._appeal_domain()
            )
            close.review_count = self.env["score.review"].search_count(
                close._review_domain()
            )

    def action_cards(self):
        """Open the scorecards of the month."""
        return self._list("sla_scoring.score_card_action", self._card_domain())

    def action_drafts(self):
        """Open the entries that are not posted yet."""
        return self._list("sla_scoring.score_entry_action", self._draft_domain())

    def action_unreviewed(self):
        """Open the entries that wait for a manager."""
        domain = [*self._draft_domain(), ("needs_review", "=", True)]
        return self._list("sla_scoring.score_entry_action", domain)

    def action_appeals(self):
        """Open the appeals that are not decided."""
        return self._list("sla_scoring.score_appeal_action", self._appeal_domain())

    def action_reviews(self):
        """Open the quality reviews that are not done."""
        return self._list("sla_scoring.score_review_action", self._review_domain())

    def _list(self, xmlid, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {**action, "domain": domain, "context": {}}

    def _card_domain(self):
        return [("company_id", "=", self.company_id.id), ("month", "=", self.month)]

    def _draft_domain(self):
        return [
            ("company_id", "=", self.company_id.id),
            ("state", "=", "draft"),
            ("period", "<=", self.month),
        ]

    def _appeal_domain(self):
        return [
            ("company_id", "=", self.company_id.id),
            ("state", "=", "submitted"),
            ("entry_id.period", "<=", self.month),
        ]

    def _review_domain(self):
        return [
            ("company_id", "=", self.company_id.id),
            ("state", "in", ("to_score", "scored", "disputed")),
            ("month", "<=", self.month),
        ]

    def _ledger_total(self):
        """Return the sum of all posted points of the month, to the hundredth."""
        self.env.flush_all()
        [[total]] = self.env.execute_query(
            SQL(
                """
        SELECT COALESCE(SUM(points::numeric), 0) FROM score_entry
         WHERE company_id = %s AND month = %s AND state = 'posted'
                """,
                self.company_id.id,
                self.month,
            )
        )
        return total
