from math import ceil

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import NamesMany2many, NamesMany2one, read_whole
from odoo.addons.vip_base.tools.times import event_time, first_day, month_name

from ..engine import quality

#: What the draw writes.
RESULTS = {"state", "drawn_at", "drawn_by_id", "review_ids"}


class ScoreReviewSample(models.Model):
    """Tickets solved in a month, drawn for quality review.

    The draw depends on its seed alone: the same seed draws the same tickets again, so
    nobody can be accused of having chosen them.
    """

    _name = "score.review.sample"
    _description = "Quality Review Sample"
    _inherit = ["vip.hands.off.mixin", "mail.thread"]
    _order = "month desc, id desc"
    _rec_name = "month_name"

    company_id = NamesMany2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    month = fields.Date(
        required=True,
        tracking=True,
        default=lambda self: self.env.company._vip_month(event_time(self.env)),
        help="Tickets solved in this month are drawn.",
    )
    month_name = fields.Char(string="Month of", compute="_compute_month_name")
    card_id = NamesMany2one("score.review.card", required=True)
    team_ids = NamesMany2many(
        "helpdesk.ticket.team", string="Teams", help="Empty: all teams."
    )
    per_agent = fields.Integer(
        string="Tickets per agent",
        default=3,
        required=True,
        tracking=True,
        help="In this month, with what was drawn before.",
    )
    per_team = fields.Integer(
        string="At most per team",
        tracking=True,
        help="In this month, with what was drawn before; 0: no limit.",
    )
    double_percent = fields.Integer(
        string="Scored twice (%)",
        default=10,
        tracking=True,
        help="So many of them are scored by two reviewers who do not see each other's "
        "scores, to compare them.",
    )
    reviewer_ids = NamesMany2many(
        "res.users", string="Reviewers", domain="[('share', '=', False)]"
    )
    seed = fields.Integer(
        required=True,
        default=1,
        tracking=True,
        help="The same number draws the same tickets.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("drawn", "Drawn")],
        required=True,
        default="draft",
        readonly=True,
        tracking=True,
    )
    drawn_at = fields.Datetime(string="Drawn at", readonly=True)
    drawn_by_id = fields.Many2one("res.users", string="Drawn by", readonly=True)
    review_ids = fields.One2many("score.review", "sample_id", readonly=True)
    review_count = fields.Integer(compute="_compute_review_count")

    _quotas = models.Constraint(
        "CHECK (per_agent > 0 AND COALESCE(per_team, 0) >= 0"
        " AND COALESCE(double_percent, 0) BETWEEN 0 AND 100)",
        "Draw at least one ticket per agent, and score between 0 and 100 % twice.",
    )

    @api.depends_context("lang")
    @api.depends("month")
    def _compute_month_name(self):
        for sample in self:
            sample.month_name = month_name(self.env, sample.month)

    @api.depends("review_ids")
    def _compute_review_count(self):
        counts = dict(
            self.env["score.review"]._read_group(
                [("sample_id", "in", self.ids)], ["sample_id"], ["__count"]
            )
        )
        for sample in self:
            sample.review_count = counts.get(sample, 0)

    @api.constrains("month")
    def _check_month(self):
        for sample in self:
            if sample.month != first_day(sample.month):
                raise ValidationError(self.env._("A month is named by its first day."))

    def write(self, vals):
        return super().write(self._with_facts(vals))

    def _guarded_fields(self):
        return self._all_but(()) if self.state == "drawn" else RESULTS

    def _hands_off(self, names):
        if self.state == "drawn":
            return UserError(self.env._("This sample is drawn: it stays as it is."))
        return super()._hands_off(names)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        if any(sample.state == "drawn" for sample in self):
            raise UserError(self.env._("This sample is drawn: it stays as it is."))

    def action_draw(self):
        """Draw the tickets and give them to the reviewers.

        :raise UserError: drawn already, nobody to review, or nothing to draw
        """
        self.ensure_one()
        self.check_access("write")
        if self.state == "drawn":
            raise UserError(self.env._("This sample is drawn: it stays as it is."))
        # As superuser: reviews are made from tickets of the whole company.
        with read_whole(self) as sample:
            sample._draw(event_time(self.env), self.env.user)
        return self.action_reviews()

    def action_reviews(self):
        """Open the reviews of this sample."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sla_scoring.score_review_action"
        )
        return {**action, "domain": [("sample_id", "=", self.id)], "context": {}}

    @api.model
    def _with_facts(self, vals):
        if not vals.get("month"):
            return vals
        return {**vals, "month": first_day(fields.Date.to_date(vals["month"]))}

    def _draw(self, at, by):
        """Make the reviews of a sample.

        :param at: naive UTC datetime
        :param by: who draws
        """
        drawn = self._drawn()
        if not drawn:
            raise UserError(
                self.env._(
                    "No ticket is left to draw: the quotas of the month are met."
                )
            )
        doubles = set(range(ceil(len(drawn) * self.double_percent / 100)))
        reviewers = quality.assign(
            [user_id for _ticket, user_id, _team in drawn],
            self.reviewer_ids.filtered("active").ids,
            doubles,
        )
        for (_ticket, user_id, _team), (reviewer, _second) in zip(
            drawn, reviewers, strict=True
        ):
            if not reviewer:
                agent = self.env["res.users"].browse(user_id)
                raise UserError(
                    self.env._(
                        "Nobody is left to review %s: name more reviewers.", agent.name
                    )
                )
        self._make_reviews(drawn, reviewers)
        self.write({"state": "drawn", "drawn_at": at, "drawn_by_id": by.id})

    def _make_reviews(self, drawn, reviewers):
        reviews = self.env["score.review"]
        for (ticket_id, user_id, team_id), pair in zip(drawn, reviewers, strict=True):
            values = {
                "company_id": self.company_id.id,
                "sample_id": self.id,
                "card_id": self.card_id.id,
                "month": self.month,
                "ticket_id": ticket_id,
                "user_id": user_id,
                "team_id": team_id,
            }
            first = reviews.create({**values, "reviewer_id": pair[0]})
            if pair[1]:
                second = reviews.create(
                    {
                        **values,
                        "reviewer_id": pair[1],
                        "is_calibration": True,
                        "twin_id": first.id,
                    }
                )
                first.twin_id = second
                first._keep_blind()

    def _drawn(self):
        """Return (ticket id, agent id, team id) of what is drawn, in order of the draw.

        Drawn are tickets that the agent held when they became solved in the month, up
        to the quotas and less what was drawn before; which, a hash of seed and ticket
        decides.
        """
        self.env.flush_all()
        start, stop = self.company_id._vip_month_limits(self.month)
        return self.env.execute_query(
            SQL(
                """
WITH solved AS (
    SELECT DISTINCT ON (span.ticket_id)
           span.ticket_id, agent.id AS user_id, team.id AS team_id,
           md5(%(seed)s || ':' || span.ticket_id) AS lot
      FROM sla_span span
      JOIN helpdesk_ticket ticket ON ticket.id = span.ticket_id
      JOIN res_users agent ON agent.id = span.user_id AND agent.active
 LEFT JOIN helpdesk_ticket_team team ON team.id = span.team_id
     WHERE ticket.company_id = %(company)s AND span.solved AND NOT span.cancels
       AND span.start >= %(start)s AND span.start < %(stop)s
       AND (%(teams)s IS NULL OR span.team_id = ANY(%(teams)s))
       AND (SELECT earlier.solved FROM sla_span earlier
             WHERE earlier.ticket_id = span.ticket_id AND earlier.start < span.start
          ORDER BY earlier.start DESC LIMIT 1) IS NOT TRUE
  ORDER BY span.ticket_id, span.start DESC),
before AS (
    SELECT user_id, team_id, ticket_id FROM score_review
     WHERE company_id = %(company)s AND month = %(month)s
       AND is_calibration IS NOT TRUE AND state <> 'annulled'),
by_agent AS (
    SELECT solved.*,
           row_number() OVER (PARTITION BY user_id ORDER BY lot)
           + (SELECT count(*) FROM before WHERE before.user_id = solved.user_id) AS nth
      FROM solved
     WHERE NOT EXISTS (SELECT FROM score_review seen
                        WHERE seen.ticket_id = solved.ticket_id
                          AND seen.user_id = solved.user_id)),
by_team AS (
    SELECT by_agent.*,
           row_number() OVER (PARTITION BY team_id ORDER BY nth, lot)
           + (SELECT count(*) FROM before
               WHERE before.team_id IS NOT DISTINCT FROM by_agent.team_id) AS team_nth
      FROM by_agent
     WHERE nth <= %(per_agent)s)
  SELECT ticket_id, user_id, team_id
    FROM by_team
   WHERE %(per_team)s = 0 OR team_nth <= %(per_team)s
ORDER BY lot, ticket_id
                """,
                seed=SQL("%s::text", str(self.seed)),
                company=self.company_id.id,
                month=self.month,
                start=start,
                stop=stop,
                teams=SQL("%s::integer[]", self.team_ids.ids or None),
                per_agent=self.per_agent,
                per_team=self.per_team or 0,
            )
        )
