from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.resource_worktime.engine.worktime import to_datetime
from odoo.addons.vip_base.tools.times import CONTEXT_KEY, event_time, month_name
from odoo.addons.vip_base.tools.written import written_length, written_moment

from ..engine.charge import GRACE, WHOLE
from .score_entry import CHARGES


class ScoreEntryWhy(models.Model):
    """Says to a person where an entry comes from."""

    _inherit = "score.entry"

    appeal_ids = fields.One2many("score.appeal", "entry_id")
    can_appeal = fields.Boolean(string="Can appeal", compute="_compute_can_appeal")
    appeal_until = fields.Datetime(
        string="Contest until",
        compute="_compute_appeal_until",
        help="Empty: not posted yet, so the time to contest has not begun to run.",
    )

    @api.depends_context("uid", CONTEXT_KEY)
    @api.depends("kind", "user_id", "appeal_ids", "reversal_ids", "posted_at")
    def _compute_can_appeal(self):
        at = event_time(self.env)
        for entry in self:
            entry.can_appeal = entry._may_be_appealed_by(
                self.env.user
            ) and not entry._is_appeal_late(at)

    @api.depends("posted_at")
    def _compute_appeal_until(self):
        for entry in self:
            # As superuser: the company's setting, which agents do not read.
            days = entry.company_id.sudo().score_appeal_days
            posted = entry.kind in CHARGES and entry.posted_at
            entry.appeal_until = posted and posted + timedelta(days=days)

    def _why(self):
        """Return what explains this entry, ready to be shown.

        :return: dict with ``facts`` (pairs of label and text), ``spans`` and ``clock``
            (lists of dict from, to, text)
        """
        self.ensure_one()
        details = self.details or {}
        # As superuser: the agent may read why, although the ticket has passed on to
        # somebody else.
        source = self.sudo()
        return {
            "facts": [fact for fact in source._why_facts(details) if fact[1]],
            "spans": [
                self._why_row(start, stop, self._why_duration(seconds))
                for start, stop, seconds in details.get("spans", ())
                if start
            ],
            "clock": source._why_clock(),
        }

    def _why_facts(self, details):
        env = self.env
        metrics = dict(env["sla.breach"]._fields["metric"]._description_selection(env))
        overtime_rule, overtime_band = self._why_band(details.get("overtime"))
        error_rule, error_band = self._why_band(details.get("error"))
        facts = [
            *self._why_error(details),
            (env._("Promise"), metrics.get(details.get("metric"))),
            (env._("Policy"), self.breach_id.policy_id.name),
            (
                env._("Time promised"),
                self._why_duration(details.get("promise_seconds")),
            ),
            (env._("Due"), self._why_time(details.get("due_at"))),
            (env._("Stopped"), self._why_time(details.get("stopped_at"))),
            (env._("Late"), self._why_duration(self.overrun_seconds)),
            (env._("Held by the agent"), self._why_duration(self.held_seconds)),
            (
                env._("Held by others"),
                self._why_duration(details.get("others_seconds")),
            ),
            (
                env._("Of this on approved leave, borne by the team"),
                self._why_duration(details.get("leave_seconds")),
            ),
            (
                env._("Waiting for the client and outages, not charged"),
                self._why_duration(details.get("spared_seconds")),
            ),
            (env._("Shared by"), self._why_sharing(details)),
            (env._("Rule"), overtime_rule),
            (env._("Band"), overtime_band),
            (env._("Error rule"), error_rule),
            (env._("Counted as"), error_band),
            *self._why_caps(details.get("capped")),
        ]
        if self.reversal_of_id:
            facts += self._why_taken_back(details)
        if "was_ordinal" in details:
            facts.append((env._("Counted before as no."), str(details["was_ordinal"])))
        return [*facts, (env._("Reason"), self.reason)]

    def _why_taken_back(self, details):
        """Return what a reversal takes back, and what that is worth, as facts."""
        env, original = self.env, self.reversal_of_id
        facts = [(env._("Takes back"), original.display_name)]
        if not self.corrected_month:
            return facts
        corrects = details["corrects"]
        undone = original.points and f"{-self.undone:+.2f}"
        return [
            *facts,
            (env._("Points that do not stand"), undone),
            (env._("Closed month"), month_name(env, self.corrected_month)),
            (
                env._("What it is worth"),
                env._(
                    "%(worth)s points: after offsets the month had come to %(paid)s, "
                    "without this entry it would have come to %(due)s. It stays as it "
                    "was paid.",
                    worth=f"{self.points:+.2f}",
                    paid=f"{corrects['paid']:.2f}",
                    due=f"{corrects['due']:.2f}",
                ),
            ),
        ]

    def _why_sharing(self, details):
        """Return by which time the points were shared, empty where by none."""
        sharing = details.get("sharing")
        if sharing == GRACE:
            return self.env._(
                "the time after the limit; the first %s after a hand-over count for who "
                "gave the ticket",
                self._why_duration(details["handover_seconds"]),
            )
        if sharing == WHOLE:
            return self.env._("all counted time from the start of the promise")
        return sharing and self.env._(
            "the time after the limit, by who held the ticket"
        )

    def _why_error(self, details):
        """Return what kind of mistake was reported, as facts."""
        if "severity" not in details:
            return []
        category = self.env["score.error.category"].browse(details["category_id"])
        report = self.env["score.error.report"]
        severities = dict(report._fields["severity"]._description_selection(self.env))
        return [
            (self.env._("Error"), category.exists().name or details["category"]),
            (self.env._("Severity"), severities[details["severity"]]),
        ]

    def _why_caps(self, capped):
        """Return what the caps of the rule spared, as facts."""
        if not capped:
            return []
        labels = {
            "ticket": self.env._("Cap per ticket"),
            "month": self.env._("Cap per month"),
        }
        return [
            (
                labels[name],
                self.env._(
                    "%(cap)s points, %(before)s of them charged before",
                    cap=f"{cap:.2f}",
                    before=f"{before:.2f}",
                ),
            )
            for name, (cap, before) in capped.items()
        ] + [(self.env._("Spared by the cap"), f"{self.points_capped:.2f}")]

    def _why_band(self, frozen):
        """Return the rule and the band that were applied, in the reader's words."""
        if not frozen:
            return "", ""
        rule = self.env["score.rule"].browse(frozen["rule_id"]).exists()
        words = self.env["score.rule.band"]._limits_words(frozen)
        return rule.name or frozen["rule"], words

    def _why_clock(self):
        """Return the counted and uncounted spans up to the due time, as rows."""
        clock = self.clock_id.exists()
        parts = clock._explain() if clock else ()
        return [
            self._why_row(
                start,
                stop,
                self._why_duration(seconds) if counted else self.env._("not counted"),
            )
            for start, stop, counted, seconds in parts
        ]

    def _why_row(self, start, stop, text):
        return {
            "from": self._why_time(start),
            "to": self._why_time(stop),
            "text": text,
        }

    def _why_time(self, at):
        """Return an instant (epoch or naive UTC) for people, in their time zone."""
        at = to_datetime(at) if isinstance(at, int) else at
        return at and written_moment(self.env, at)

    def _why_duration(self, seconds):
        """Return a length of time for people, nothing for none."""
        return written_length(self.env, seconds, precise=True) if seconds else ""

    # Open what an entry comes from.

    def action_ticket(self):
        """Open the ticket."""
        return self._open("helpdesk.ticket", self.ticket_id.id)

    def action_clock(self):
        """Open the clock whose promise was missed."""
        return self._open("sla.clock", self.clock_id.id)

    def action_spans(self):
        """Open the timeline of the ticket."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sla_promise.sla_span_action"
        )
        return {**action, "domain": [("ticket_id", "=", self.ticket_id.id)]}

    def action_rule(self):
        """Open the rule that was applied."""
        return self._open("score.rule", self.rule_id.id)

    def action_error_report(self):
        """Open the error report."""
        return self._open("score.error.report", self.error_report_id.id)

    def action_contribution(self):
        """Open the contribution."""
        return self._open("score.contribution", self.contribution_id.id)

    def _open(self, model, record_id):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": record_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # Whether, until when and how an entry is contested, and what an appeal makes.

    def action_appeal(self):
        """Open the form in which the agent contests this entry."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Appeal"),
            "res_model": "score.appeal",
            "views": [
                (self.env.ref("sla_scoring.score_appeal_view_form_submit").id, "form")
            ],
            "target": "new",
            "context": {"default_entry_id": self.id},
        }

    def _may_be_appealed_by(self, user):
        """Tell whether an agent may contest this entry: once, and only an own charge."""
        self.ensure_one()
        return (
            self.user_id == user
            and self.kind in CHARGES
            and self.points < 0
            and not self.appeal_ids
            and not self.reversal_ids
        )

    def _is_appeal_late(self, at):
        """Tell whether the window for contesting this entry is over."""
        self.ensure_one()
        return bool(self.appeal_until and at > self.appeal_until)

    def _propose_for(self, user, points, source_key, by):
        """Propose a charge like this one for another person, and return it.

        An error gets the number and the points it has for that person. It is posted
        only when a manager decides so.

        :param points: above zero; what a deduction costs
        :param source_key: what proposes it, so that it is proposed once
        :param by: who decided that it was this person
        """
        self.ensure_one()
        details = dict(self.details or {})
        for name in ("capped", "error"):
            details.pop(name, None)
        return self._charge(
            [
                {
                    "company_id": self.company_id.id,
                    "user_id": user.id,
                    "team_id": self.team_id.id,
                    "kind": self.kind,
                    "points": -points,
                    "occurred_at": self.occurred_at,
                    "period": self.period,
                    "month": self.period,
                    "rule_id": self.rule_id.id,
                    "band_id": self.band_id.id,
                    "breach_id": self.breach_id.id,
                    "clock_id": self.clock_id.id,
                    "ticket_id": self.ticket_id.id,
                    "ticket_number": self.ticket_number,
                    "source_key": source_key,
                    "held_seconds": self.held_seconds,
                    "overrun_seconds": self.overrun_seconds,
                    "details": details,
                    "needs_review": True,
                    "raised_by_id": by.id,
                    "reason": self.env._("An appeal found that it was you."),
                }
            ]
        )
