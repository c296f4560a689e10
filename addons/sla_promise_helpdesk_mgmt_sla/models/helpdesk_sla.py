from ast import literal_eval
from collections import defaultdict

from odoo import fields, models

from odoo.addons.sla_promise.engine import states
from odoo.addons.vip_base.tools.groups import ADMIN_GROUP

from ..tools.taken import duration


class HelpdeskSla(models.Model):
    """An SLA of the other addon and what it becomes here."""

    _inherit = "helpdesk.sla"

    policy_ids = fields.One2many(
        "sla.policy",
        "taken_over_from_id",
        string="Taken over as",
        context={"active_test": False},
        groups=ADMIN_GROUP,
    )

    def _takeover_metric(self):
        """Return the metric that reaching the expected stage comes closest to."""
        self.ensure_one()
        stage = self.stage_id
        done = not stage or stage.closed or stage.solved
        return states.RESOLUTION if done else states.FIRST_RESPONSE

    def _takeover_teams(self):
        """Return the teams to which it applies: only those that use SLAs at all."""
        self.ensure_one()
        teams = self._takeover_named().team_ids or self.env[
            "helpdesk.ticket.team"
        ].search(
            [("company_id", "in", [False, *self.company_id.ids])]
            if self.company_id
            else []
        )
        return teams.filtered("use_sla")

    def _takeover_named(self):
        """Return the SLA with what it names, also what is archived.

        Without that an SLA of an archived item would become a policy of every item.
        """
        return self.with_context(active_test=False)

    def _takeover_durations(self):
        """Return ``{(duration, unit): teams}``: a day is as long as the team's is."""
        result = defaultdict(lambda: self.env["helpdesk.ticket.team"])
        for team in self._takeover_teams():
            day = team.resource_calendar_id.hours_per_day
            result[duration(self.hours + self.days * day)] |= team
        return dict(result)

    def _takeover_domain(self):
        """Return the condition as text, empty if there is none.

        :raise ValueError: it is more than literals
        """
        text = (self.domain or "").strip()
        try:
            return text if text and literal_eval(text) else ""
        except (SyntaxError, TypeError) as error:
            raise ValueError(text) from error

    def _takeover_pauses(self):
        """Return (pauses for the client, pauses for a third party) of its policy."""
        waits = set(self.ignore_stage_ids.mapped("waiting_on"))
        return bool(waits & {"client", False}), "third_party" in waits

    def _takeover_policies(self, metric, in_force):
        """Return its policies, made where they are missing.

        :param metric: what reaching the expected stage means here
        :param in_force: whether new policies promise from now on
        """
        self.ensure_one()
        policies = self.policy_ids
        if not policies:
            policies = policies.create(
                [
                    self._takeover_values(metric, in_force, limit, teams)
                    for limit, teams in self._takeover_durations().items()
                ]
            )
        return policies

    def _takeover_values(self, metric, in_force, limit, teams):
        on_client, on_third_party = self._takeover_pauses()
        several = len(self._takeover_durations()) > 1
        names = ", ".join(teams.mapped("name"))
        named = self._takeover_named()
        return {
            "name": f"{self.name} ({names})" if several else self.name,
            "taken_over_from_id": self.id,
            "is_draft": not in_force,
            "company_id": self.company_id.id,
            "team_ids": [fields.Command.set(teams.ids)],
            "category_ids": [fields.Command.set(named.category_ids.ids)],
            "tag_ids": [fields.Command.set(named.tag_ids.ids)],
            "domain": self._takeover_domain(),
            "target_ids": [
                fields.Command.create(
                    {
                        "metric": metric,
                        "duration": limit[0],
                        "unit": limit[1],
                        "calendar_mode": "team",
                        "pause_on_client": on_client,
                        "pause_on_third_party": on_third_party,
                    }
                )
            ],
        }
