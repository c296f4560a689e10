from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.written import written_day

#: Up to so many decisions at once leave a note at the client; larger approvals would
#: spend their time on messages. The change itself keeps who, when and why in any case.
NOTED_DECISIONS = 100


class VipTierChange(models.Model):
    """What is written down of decisions: lines of the audit log, notes at the client."""

    _inherit = "vip.tier.change"

    @api.model
    def _log_decisions(self, ids, action, at, old_state, reason=None):
        """Add a line to the audit log for each of these: the decision as it now stands.

        Set-based: thousands of decisions take one statement.

        :param reason: given where it is not that of the change
        """
        if not ids:
            return
        self.flush_model()
        query = SQL(
            """
            SELECT c.id, NULL, c.company_id, COALESCE(%(reason)s, c.reason),
                   jsonb_build_object('state', %(old)s::text, 'from_tier_id', f.code),
                   jsonb_strip_nulls(jsonb_build_object(
                       'state', c.state, 'to_tier_id', t.code,
                       'effective_date', c.effective_date,
                       'override_until', c.override_until,
                       'override_end', c.override_end))
              FROM vip_tier_change c
              JOIN vip_tier f ON f.id = c.from_tier_id
              JOIN vip_tier t ON t.id = c.to_tier_id
             WHERE c.id = ANY(%(ids)s)
            """,
            reason=reason,
            old=old_state,
            ids=ids,
        )
        self.env["vip.audit.log"]._record_rows(self._name, action, query, at)

    def _note_decisions(self, kind):
        """Leave a note at the change and at the client, when a person looks at each."""
        if len(self) > NOTED_DECISIONS:
            return
        # As superuser: notes on what was just decided.
        changes = self.sudo()
        bodies = {change.id: change._decision_note(kind) for change in changes}
        self.sudo()._message_log_batch(bodies=bodies)
        changes.partner_id._message_log_batch(
            bodies={change.partner_id.id: bodies[change.id] for change in changes}
        )

    def _decision_note(self, kind):
        """Return what was decided, marked so that each reader reads the own language.

        :param kind: approved, rejected, applied or ended
        """
        note = Markup(
            '<span data-oe-model="vip.tier.change" data-oe-id="%s" '
            'data-oe-field="%s">%s</span>'
        )
        return note % (self.id, kind, self._decision_text(kind))

    def _decision_text(self, kind):
        text = {
            "approved": self.env._("Tier change approved"),
            "rejected": self.env._("Tier change rejected"),
            "applied": self.env._("Tier change applied"),
            "ended": self.env._("Override ended"),
        }[kind]
        parts = [f"{text}: {self.from_tier_id.name} → {self.to_tier_id.name}"]
        if self.effective_date:
            day = written_day(self.env, self.effective_date)
            parts.append(self.env._("from %s", day))
        if self.override_until:
            day = written_day(self.env, self.override_until)
            parts.append(self.env._("until %s", day))
        if self.reason:
            parts.append(self.reason)
        if self.override_end_reason:
            parts.append(self.override_end_reason)
        return " · ".join(parts)
