from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.vip_base.tools.groups import DECIDER_GROUPS
from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_base.tools.stake import Line, Stake
from odoo.addons.vip_base.tools.written import written_moment, written_number


class SlaPolicy(models.Model):
    """A draft is tried on past tickets before it is put in force."""

    _inherit = "sla.policy"

    trial = fields.Json(
        string="Tried on past tickets", compute="_compute_trial", groups=DECIDER_GROUPS
    )

    @api.depends_context("uid", "lang", "tz")
    @api.depends("is_draft")
    def _compute_trial(self):
        for policy in self:
            draft = policy.id and policy.is_draft
            policy.trial = [policy._trial_stake().told()] if draft else []

    def action_try(self):
        """Replay the last months with this draft; the result stays beside it."""
        self.ensure_one()
        if not self.is_draft:
            raise UserError(self.env._("Only a draft is tried."))
        if not self.target_ids and not self.no_promise:
            raise UserError(
                self.env._("“%s” has no targets: it would promise nothing.", self.name)
            )
        whatif = self.env["sla.whatif"].create({"draft_ids": [(6, 0, self.ids)]})
        whatif.action_run()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sla.whatif",
            "res_id": whatif.id,
            "views": [[False, "form"]],
        }

    def _trial_stake(self):
        """Return what the newest trial of this draft found."""
        trial = self.env["sla.whatif"].search(
            [("draft_ids", "in", self.ids), ("state", "=", "done")], limit=1
        )
        lines = trial._trial_lines() if trial else []
        if trial and self._changed_at() > trial.run_at + timedelta(seconds=1):
            text = self.env._("The draft was changed since: try it again.")
            lines.append(Line(text, tone="soon"))
        return Stake(
            "sla_promise/trial",
            self.env._("Tried on past tickets"),
            lines,
            self.env._(
                "Not tried yet. Try it on past tickets before it is put in force: "
                "nothing is changed by that."
            ),
        )

    def _changed_at(self):
        """Return when this policy or one of its targets was last written."""
        return max(
            self.write_date, *self.target_ids.mapped("write_date"), self.write_date
        )


class SlaWhatif(models.Model):
    _inherit = "sla.whatif"

    def _trial_lines(self):
        """Return what this found as lines beside a draft. To be extended."""
        self.ensure_one()
        when = written_moment(self.env, self.run_at)
        return [
            Line(
                self.env._("Promises kept"),
                value=f"{self._kept(True)} → {self._kept(False)}",
                note=self.env._(
                    "%(tickets)s tickets of %(months)s months, tried %(when)s",
                    tickets=written_number(self.env, self.ticket_count),
                    months=self.months,
                    when=when,
                ),
                link=record_link(self._name, self.id),
            ),
            Line(
                self.env._("Promises missed"),
                value=f"{self.actual_count} → {self.breach_count}",
            ),
            Line(self.env._("Newly at risk"), value=str(self.risk_count)),
        ]

    def _kept(self, really):
        """Return the share of promises kept as text, really or under the draft."""
        names = ("actual_count", "actual_promise_count")
        if not really:
            names = ("breach_count", "promise_count")
        missed, promised = (self[name] for name in names)
        if not promised:
            return "–"
        share = 100 * (1 - missed / promised)
        return self.env._("%s %%", written_number(self.env, round(share, 1)))

    def _page_extra(self):
        """Return rows of the page's first table that other addons know.

        :return: list of ``label``, ``actual`` and ``draft`` (texts)
        """
        return []
