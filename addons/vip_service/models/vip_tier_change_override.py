from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP


class VipTierChange(models.Model):
    """Overrides that run, and their end before the day that was decided."""

    _inherit = "vip.tier.change"

    override_runs = fields.Boolean(
        string="Override runs",
        compute="_compute_override_runs",
        search="_search_override_runs",
    )
    override_end_reason = fields.Text(
        string="Why the override was ended", readonly=True
    )

    @api.depends("state", "effective_date", "override_end")
    def _compute_override_runs(self):
        for company, changes in self.grouped("company_id").items():
            today = company._vip_local_date(event_time(self.env))
            for change in changes:
                change.override_runs = (
                    change.state == "applied"
                    and bool(change.override_end)
                    and change.effective_date <= today < change.override_end
                )

    def _search_override_runs(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._vip_local_date(event_time(self.env))
        return self._running_domain(today)

    @api.model
    def _running_domain(self, day):
        """Return the domain of overrides that run on ``day``."""
        return (
            Domain("state", "=", "applied")
            & Domain("override_end", ">", day)
            & Domain("effective_date", "<=", day)
        )

    @api.model
    def _running_overrides(self, company, day, domain):
        """Return the overrides of ``company`` that run on ``day``, newest first."""
        running = self._running_domain(day) & Domain("company_id", "=", company.id)
        return self.search_fetch(
            running & domain,
            ["partner_id", "override_end", "reason"],
            order="effective_date desc, id desc",
        )

    def action_end_override(self):
        """Ask for the reason, then end these overrides today."""
        return self._decision_action("end", self.env._("End the override"))

    def _end_override(self, reason, at=None):
        """End running overrides today; the client keeps its tier until it is judged.

        :param at: the event time (naive UTC)
        :raises AccessError: the user is no service manager
        :raises UserError: there is no reason, or one does not run
        """
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Only a service manager ends an override."))
        self.check_access("write")
        if not (reason or "").strip():
            raise UserError(self.env._("The end of an override needs a reason."))
        at = at or event_time(self.env)
        # As superuser: checked above; overrides end here only.
        for company, changes in self.sudo().grouped("company_id").items():
            ended = changes._end_override_on(company._vip_local_date(at), reason, at)
            if len(ended) != len(changes):
                raise UserError(self.env._("Only an override that runs can be ended."))
        self._note_decisions(self.env._("Override ended"))

    def _end_override_on(self, day, reason, at):
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE vip_tier_change
                   SET override_end = %(day)s, override_end_reason = %(reason)s,
                       write_uid = %(uid)s, write_date = now() AT TIME ZONE 'UTC'
                 WHERE id = ANY(%(ids)s) AND state = 'applied'
                   AND override_end > %(day)s AND effective_date <= %(day)s
                RETURNING id
                """,
                day=day,
                reason=reason.strip(),
                uid=self.env.uid,
                ids=self.ids,
            )
        )
        self.invalidate_recordset()
        self.env["res.partner"].invalidate_model(
            ["vip_override_until", "vip_override_reason"]
        )
        ended = [row[0] for row in rows]
        self.env["vip.audit.log"]._record_changes(
            ended, "ended", at, "applied", reason=reason.strip()
        )
        return ended

    def _decision_text(self, text):
        text = super()._decision_text(text)
        if self.override_end_reason:
            return f"{text} · {self.override_end_reason}"
        return text
