from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.sql import LooseMany2one
from odoo.addons.vip_base.tools.times import add_months, event_time, month_name

CHARGES = ("deduction", "error")
GIFTS = ("offset", "award")
#: The index that refuses to charge twice.
CHARGED_ALREADY = "score_entry_source_uniq"
BY_HAND = {"kind", "company_id", "user_id", "points", "occurred_at", "reason"}


class ScoreEntry(models.Model):
    """Ledger of points: what an agent lost or gained, why, and in which month.

    A draft is written by the job (or, for gifts, by a manager) and may still vanish.
    A posted line never changes: a database trigger sees to it. A mistake is corrected
    by a reversing line that names the original.
    """

    _name = "score.entry"
    _description = "Point Entry"
    _inherit = ["vip.decision.mixin", "vip.hands.off.mixin"]
    _order = "occurred_at desc, id desc"
    # What is decided is whether a draft is posted.
    _undecided = ("draft",)
    _proposer_field = "raised_by_id"
    _decider_field = "posted_by_id"
    _decided_at_field = "posted_at"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Agent",
        index=True,
        ondelete="restrict",
        help="Empty: the team bears it, because nobody was assigned.",
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team", ondelete="set null", readonly=True
    )
    kind = fields.Selection(
        [
            ("deduction", "Deduction"),
            ("error", "Error"),
            ("offset", "Offset"),
            ("award", "Award"),
            ("reversal", "Reversal"),
        ],
        required=True,
        default="offset",
    )
    points = fields.Float(
        digits=(8, 2), required=True, help="Negative: deducted; positive: given."
    )
    points_capped = fields.Float(
        string="Spared by a cap",
        digits=(8, 2),
        readonly=True,
        help="Points that were not charged because a cap of the rule was reached.",
    )
    occurred_at = fields.Datetime(
        string="Date",
        required=True,
        default=fields.Datetime.now,
        help="When the late promise was at last kept, or the contribution made.",
    )
    period = fields.Date(
        string="Month of the event",
        required=True,
        readonly=True,
        help="Errors are counted within this month.",
    )
    month = fields.Date(
        string="Month counted",
        required=True,
        readonly=True,
        index=True,
        help="The month whose scorecard counts the entry: that of the event, or the "
        "next one that is still open.",
    )
    month_name = fields.Char(string="Counted in", compute="_compute_month_name")
    rule_id = fields.Many2one("score.rule", ondelete="restrict", readonly=True)
    band_id = fields.Many2one("score.rule.band", ondelete="restrict", readonly=True)
    ordinal = fields.Integer(
        readonly=True, help="The number of this error in the month of the event."
    )
    turn = fields.Integer(
        readonly=True,
        copy=False,
        help="The place of an error or a reversal in the order of its company.",
    )
    breach_id = fields.Many2one(
        "sla.breach", ondelete="restrict", index="btree_not_null", readonly=True
    )
    clock_id = LooseMany2one("sla.clock", readonly=True)
    ticket_id = fields.Many2one(
        "helpdesk.ticket", ondelete="set null", index="btree_not_null", readonly=True
    )
    ticket_number = fields.Char(string="Ticket number", readonly=True)
    source_key = fields.Char(string="Source key", readonly=True, copy=False)
    held_seconds = fields.Integer(
        string="Held (seconds)",
        readonly=True,
        help="Working time after the due time while this agent held it.",
    )
    overrun_seconds = fields.Integer(
        string="Overrun (seconds)",
        readonly=True,
        help="Working time between the due time and the stop.",
    )
    needs_review = fields.Boolean(
        string="Needs review",
        readonly=True,
        help="Posted only when a manager decides so.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("posted", "Posted")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
    )
    posted_at = fields.Datetime(string="Posted on", readonly=True, copy=False)
    posted_by_id = fields.Many2one(
        "res.users", string="Posted by", ondelete="restrict", readonly=True, copy=False
    )
    raised_by_id = fields.Many2one(
        "res.users",
        string="Raised by",
        ondelete="restrict",
        readonly=True,
        copy=False,
        help="Who entered it by hand; empty when the rules did.",
    )
    reversal_of_id = fields.Many2one(
        "score.entry",
        string="Reversal of",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )
    reversal_ids = fields.One2many("score.entry", "reversal_of_id")
    reason = fields.Text()
    details = fields.Json(readonly=True, copy=False)
    why_html = fields.Html(string="Why", compute="_compute_why_html", sanitize=False)
    error_report_id = fields.Many2one(
        "score.error.report",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
    )
    contribution_id = fields.Many2one(
        "score.contribution", ondelete="restrict", index="btree_not_null", readonly=True
    )

    # One charge per source, rule and bearer, however often a job runs.
    _source_uniq = models.UniqueIndex(
        "(source_key, COALESCE(rule_id, 0), COALESCE(user_id, -team_id, 0))"
        " WHERE reversal_of_id IS NULL",
        "This was already charged.",
    )
    _turn_uniq = models.UniqueIndex(
        "(company_id, turn) WHERE turn IS NOT NULL",
        "Two errors or reversals cannot have the same place.",
    )
    _reversal_uniq = models.UniqueIndex(
        "(reversal_of_id) WHERE reversal_of_id IS NOT NULL",
        "This entry was already reversed.",
    )
    _draft_idx = models.Index("(occurred_at) WHERE state = 'draft'")
    _user_month_idx = models.Index("(company_id, month, user_id)")
    _sign = models.Constraint(
        "CHECK (CASE WHEN kind IN ('deduction', 'error')"
        " THEN points < 0 OR (points = 0 AND COALESCE(points_capped, 0) > 0)"
        " WHEN kind IN ('offset', 'award') THEN points > 0 ELSE TRUE END)",
        "Deductions take points, offsets and awards give points.",
    )
    _not_for_oneself = models.Constraint(
        "CHECK (raised_by_id IS NULL OR raised_by_id <> user_id)",
        "Nobody gives points to themselves.",
    )

    def _auto_init(self):
        # A new column with a default is filled in posted lines too.
        frozen_rows.thaw(self.env.cr, self._table)
        return super()._auto_init()

    def init(self):
        """Make the database itself refuse to change or delete what is posted."""
        forgettable = ["ticket_id", "team_id"]
        frozen_rows.freeze(self.env.cr, self._table, "posted", forgettable)

    @api.depends_context("lang")
    @api.depends("kind", "points", "ticket_number")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for entry in self:
            what = f"{labels.get(entry.kind, '')} {entry.points:+.2f}"
            entry.display_name = (
                f"{what} · {entry.ticket_number}" if entry.ticket_number else what
            )

    @api.depends_context("lang")
    @api.depends("month", "state", "company_id.score_locked_month")
    def _compute_month_name(self):
        for entry in self:
            month = entry.month
            # As superuser: a draft of a closed month counts in the one after.
            locked = entry.company_id.sudo().score_locked_month
            if entry.state == "draft" and month and locked and month <= locked:
                month = add_months(locked, 1)
            entry.month_name = month_name(self.env, month)

    @api.depends_context("lang", "tz")
    def _compute_why_html(self):
        for entry in self:
            entry.why_html = self.env["ir.qweb"]._render(
                "sla_scoring.score_entry_why", {"entry": entry, "why": entry._why()}
            )

    @api.constrains("reason", "kind", "user_id")
    def _check_gift(self):
        for entry in self.filtered(lambda entry: entry.kind in GIFTS):
            if not entry.user_id or not (entry.reason or "").strip():
                raise ValidationError(
                    self.env._("An offset or an award needs an agent and a reason.")
                )

    @api.constrains("points", "kind")
    def _check_most(self):
        """Refuse more points at once than the company gives; contributions have a list."""
        for entry in self.filtered(lambda entry: entry.kind in GIFTS):
            # As superuser: a setting of the company.
            most = entry.company_id.sudo().score_award_max
            if entry.points > most and not entry.contribution_id:
                raise ValidationError(
                    self.env._(
                        "%(points)s points at once: one award or offset gives %(most)s "
                        "at most (Settings ▸ VIP Service ▸ Points).",
                        points=f"{entry.points:.2f}",
                        most=f"{most:.2f}",
                    )
                )

    def write(self, vals):
        if not self.env.su and "occurred_at" in vals and len(self) > 1:
            # The months that follow from a date are those of each one's company.
            return all([entry.write(vals) for entry in self])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        if any(entry.state == "posted" for entry in self):
            raise UserError(
                self.env._("A posted entry is never deleted. Reverse it instead.")
            )
        if not self.env.su and any(entry.kind not in GIFTS for entry in self):
            raise AccessError(
                self.env._("Excuse the missed promise instead of deleting its points.")
            )

    def action_post(self):
        """Post drafts before the review window ends: a manager's decision.

        :raise AccessError: the user is no manager, or it is about own points
        :raise UserError: all are under appeal, or are gifts that the user entered
        """
        return self.filtered(lambda entry: entry.state == "draft")._decide("posted")

    @api.model
    def _can_decide_depends(self):
        return ["state", "user_id"]

    def _parties(self):
        return self.user_id

    def _not_for_you(self):
        if self.env.user.has_group(MANAGER_GROUP):
            return AccessError(self.env._("Another manager decides on your entries."))
        return AccessError(self.env._("Only a service manager decides on points."))

    def _lack(self, state):
        if "submitted" in self.appeal_ids.mapped("state"):
            return UserError(self.env._("Decide the appeal first."))
        if self.kind in GIFTS and self.raised_by_id in self.env.user._same_person():
            return UserError(
                self.env._("Somebody else posts the points that you entered.")
            )
        return None

    def _carry_out(self, state, at, by):
        before = {entry.id: entry.state for entry in self}
        self._post(at, by=by)
        self._log_decision(before, at)

    def _post(self, at, by=None):
        """Post drafts; each lands in the first month of its agent still open.

        :param at: naive UTC datetime, when it is posted
        :param by: the manager who decided; None when the review window has passed
        """
        drafts = self.filtered(lambda entry: entry.state == "draft")
        months = drafts._open_months()
        for month, entries in drafts.grouped(months.get).items():
            entries.write(
                {
                    "state": "posted",
                    "posted_at": at,
                    "posted_by_id": by and by.id,
                    "month": month,
                }
            )
        drafts._tell_cards()

    def _open_months(self):
        """Return dict of entry → the month whose card counts it.

        That of the event, or the first one after the last closed card of its agent and
        after the last month that its company has locked.
        """
        # As superuser: what is closed decides, whoever may see it.
        entries = self.sudo()
        rows = entries.env["score.card"]._read_group(
            [("state", "=", "closed"), ("user_id", "in", entries.user_id.ids)],
            ["company_id", "user_id"],
            ["month:max"],
        )
        closed = {(company, user): month for company, user, month in rows}
        locked = {
            company: self._hold_locked_month(company) for company in entries.company_id
        }
        result = {}
        for entry in entries:
            last = closed.get((entry.company_id, entry.user_id))
            known = (last, locked[entry.company_id], add_months(entry.period, -1))
            result[entry] = add_months(max(filter(None, known)), 1)
        return result

    def _hold_locked_month(self, company):
        """Return the last locked month, which stays so until the transaction ends.

        Who locks a month meanwhile waits for us; who locked one since our transaction
        first looked makes us collide and be tried again.
        """
        company.flush_recordset(["score_locked_month"])
        [[month]] = self.env.execute_query(
            SQL(
                "SELECT score_locked_month FROM res_company WHERE id = %s FOR SHARE",
                company.id,
            )
        )
        return month

    def _tell_cards(self):
        """Bring the points on the open cards of these entries up to date.

        The update also makes a card that is being closed at the same moment collide
        with us, instead of being closed without these entries.
        """
        self.flush_recordset()
        for (company, month), entries in self.grouped(
            lambda entry: (entry.company_id, entry.month)
        ).items():
            users = entries.user_id.ids
            # As superuser: a card sums up its entries, whoever posted one.
            self.env["score.card"].sudo()._refresh_points(company, month, users)
            teams = entries.team_id.ids
            self.env["score.team.card"].sudo()._refresh_points(company, month, teams)

    # What people may write into the ledger: offsets and awards, in draft.

    def _guarded_fields(self):
        if self and (self.state != "draft" or self.kind not in GIFTS):
            return self._all_but(())
        return self._all_but(BY_HAND - {"company_id"} if self else BY_HAND)

    def _hands_off(self, names):
        if self:
            return AccessError(
                self.env._("Only offsets and awards in draft can be edited.")
            )
        return AccessError(
            self.env._("By hand, only offsets and awards can be entered.")
        )

    def _edited_by_hand(self, vals):
        if vals.get("kind", "offset") not in GIFTS:
            raise AccessError(self.env._("Deductions are written by the rules only."))
        self._check_receiver({"company_id": self.company_id.id, **vals})
        self._check_not_ahead(vals)
        if "occurred_at" not in vals:
            return vals
        months = self._with_facts({**vals, "company_id": self.company_id.id})
        return {**vals, "period": months["period"], "month": months["month"]}

    def _check_receiver(self, vals):
        """Check to whom points are given.

        :raise AccessError: to oneself, by whichever login
        :raise ValidationError: to somebody who has never worked in the company
        """
        receiver = self.env["res.users"].browse(vals.get("user_id"))
        if receiver & self.env.user._same_person():
            raise AccessError(self.env._("Nobody gives points to themselves."))
        self._check_has_served(vals)

    @api.model
    def _check_has_served(self, vals):
        """Check that whose deed is entered works, or has worked, in the company.

        :raise ValidationError: neither
        """
        users = self.env["res.users"].browse(vals.get("user_id"))
        company = self.env["res.company"].browse(
            vals.get("company_id") or self.env.company.id
        )
        for user in users:
            if not user._has_served(company):
                # As superuser: the name of a person whom the user has chosen.
                raise ValidationError(
                    self.env._(
                        "%(person)s has never worked in %(company)s.",
                        person=user.sudo().name,
                        company=company.name,
                    )
                )

    def _check_not_ahead(self, vals):
        at = fields.Datetime.to_datetime(vals.get("occurred_at"))
        date_of = self.env.company._vip_local_date
        if at and date_of(at) > date_of(event_time(self.env)):
            raise ValidationError(self.env._("The date cannot lie in the future."))

    def _by_hand(self, vals):
        """Return what a manager may enter: an offset or an award, in draft."""
        if vals.get("kind", "offset") not in GIFTS:
            raise self._hands_off({"kind"})
        self._check_receiver(vals)
        self._check_not_ahead(vals)
        at = event_time(self.env)
        known = {"kind": "offset", "occurred_at": at, "company_id": self.env.company.id}
        return {**known, **vals, "raised_by_id": self.env.uid}

    def _with_facts(self, vals):
        """Return the values of an entry with the months that follow from its date."""
        if "occurred_at" not in vals or "period" in vals:
            return vals
        company = self.env["res.company"].browse(
            vals.get("company_id") or self.env.company.id
        )
        at = fields.Datetime.to_datetime(vals["occurred_at"])
        # As superuser: the company's zone, nothing else.
        month = company.sudo()._vip_month(at)
        return {**vals, "period": month, "month": month}
