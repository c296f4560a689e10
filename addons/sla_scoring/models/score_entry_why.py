from odoo import models
from odoo.tools.misc import format_datetime

from odoo.addons.resource_worktime.engine.worktime import to_datetime


class ScoreEntryWhy(models.Model):
    """Says to a person where an entry comes from."""

    _inherit = "score.entry"

    def _why(self):
        """Return what explains this entry, ready to be shown.

        :return: dict with ``facts`` (pairs of label and text), ``spans`` and ``clock``
            (lists of dict from, to, text)
        """
        self.ensure_one()
        details = self.details or {}
        # The agent may read why although the ticket has passed on to somebody else.
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
            (env._("Rule"), overtime_rule),
            (env._("Band"), overtime_band),
            (env._("Error rule"), error_rule),
            (env._("Counted as"), error_band),
            *self._why_caps(details.get("capped")),
        ]
        if self.reversal_of_id:
            facts.append((env._("Takes back"), self.reversal_of_id.display_name))
        return [*facts, (env._("Reason"), self.reason)]

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
        return at and format_datetime(self.env, at, dt_format="yyyy-MM-dd HH:mm:ss")

    def _why_duration(self, seconds):
        """Return seconds as h:mm:ss, nothing for none."""
        if not seconds:
            return ""
        hours, rest = divmod(seconds, 3600)
        return f"{hours}:{rest // 60:02}:{rest % 60:02}"
