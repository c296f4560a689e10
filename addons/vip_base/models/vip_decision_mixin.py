from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.groups import MANAGER_GROUP
from ..tools.times import at_context, event_time


class VipDecisionMixin(models.AbstractModel):
    """What one person (or a rule) proposes and a second person decides.

    A model that inherits has a ``state``. It names the fields that tell who proposed, who
    decided, when and why, says what bars people from deciding and what is lacking, and
    what a decision does. Each decision leaves a line in the audit log.
    """

    _name = "vip.decision.mixin"
    _description = "Decided by a Second Person"

    #: The states in which it waits for a decision.
    _undecided = ("proposed",)
    #: Fields of the model; None where there is no such thing.
    _proposer_field = "proposed_by_id"
    _decider_field = "decided_by_id"
    _decided_at_field = "decided_at"
    _answer_field = "reason"

    can_decide = fields.Boolean(string="Can decide", compute="_compute_can_decide")

    @api.depends_context("uid")
    @api.depends(lambda self: self._can_decide_depends())
    def _compute_can_decide(self):
        for record in self:
            record.can_decide = record.state in self._undecided and record._is_decider()

    @api.model
    def _can_decide_depends(self):
        """Return the fields on which it depends who may decide."""
        return [name for name in ("state", self._proposer_field) if name]

    # Who decides

    def _parties(self):
        """Return the users who must not decide on this: who proposed it."""
        # As superuser: who it was, which the user may not be allowed to read.
        name = self._proposer_field
        return self.sudo()[name] if name else self.env["res.users"]

    def _is_decider(self):
        """Tell whether the current user is one of those who decide on this.

        Who is a party by one login does not decide by another.
        """
        user = self.env.user
        if not user.has_group(MANAGER_GROUP):
            return False
        parties = self._parties()
        return not parties or user not in parties._same_person()

    def _not_for_you(self):
        """Return the error for who must not decide on this."""
        return AccessError(
            self.env._("A service manager who did not propose it decides on this.")
        )

    def _decided_already(self):
        """Return the error for who decides on what waits for no decision."""
        return UserError(self.env._("This is decided already."))

    def _lack(self, state, **terms):
        """Return the error that says what a decision for ``state`` lacks, or None."""
        return None

    def _decision_words(self):
        """Return the words of the decision, empty where there are none."""
        return (self[self._answer_field] or "").strip() if self._answer_field else ""

    def _bar(self):
        """Return the error that bars the current user from deciding on this, or None."""
        if not self._is_decider():
            return self._not_for_you()
        return None if self.state in self._undecided else self._decided_already()

    def _check_decider(self):
        """Check that the current user is one of those who decide on these.

        :raise AccessError: no service manager, or a party to one of them
        """
        self.check_access("read")
        for record in self:
            if not record._is_decider():
                raise record._not_for_you()

    def _check_can_decide(self):
        """Check that the current user may decide on these now.

        :raise AccessError: no service manager, or a party to one of them
        :raise UserError: one is decided already
        """
        self.check_access("read")
        for record in self:
            if bar := record._bar():
                raise bar

    def _eligible_deciders(self):
        """Return the service managers of its companies who may decide on this."""
        parties = self._parties()._same_person()
        several = "company_ids" in self._fields
        companies = self.company_ids if several else self.company_id
        return self.env.ref(MANAGER_GROUP).all_user_ids.filtered(
            lambda user: (
                user._is_internal()
                and (not companies or companies & user.company_ids)
                and user not in parties
            )
        )

    # Deciding

    def _decide(self, state, at=None, **terms):
        """Decide on those of these on which the current user may.

        :param state: the state that they get
        :param at: naive UTC datetime; now if not given
        :param terms: what else is decided, as the model knows it
        :return: True, or the notification that tells by name who was skipped and why
        :raise AccessError, UserError: why, if nothing can be decided so
        """
        self.check_access("read")
        refused = {}
        for record in self:
            if error := record._bar() or record._lack(state, **terms):
                refused[record] = error
        accepted = self.filtered(lambda record: record not in refused)
        if refused and not accepted:
            first = next(iter(refused.values()))
            raise first if len(self) == 1 else type(first)(self._skipped(refused))
        # As superuser: who decides is checked above; decisions are written here only.
        at = at or event_time(self.env)
        accepted.sudo()._carry_out(state, at, self.env.user, **terms)
        return self._told(accepted, refused) if refused else True

    def _carry_out(self, state, at, by, **terms):
        """Do what a decision does. To be extended; runs as superuser, after the checks.

        :param at: naive UTC datetime
        :param by: who decided
        """
        self._write_decision(state, at, by)

    def _write_decision(self, state, at, by, **values):
        """Write the decision itself and its lines in the audit log.

        :param by: who decided; None where time or a rule did
        :param values: what else of the record is part of the decision
        """
        before = {record.id: record.state for record in self}
        decider = {self._decider_field: by and by.id, self._decided_at_field: at}
        self.write({"state": state, **decider, **values})
        self._log_decision(before, at)

    def _close_undecided(self, state, at, by=None, **values):
        """Close those that still wait, without a decision on them.

        They expired, or what they were about was settled otherwise.
        """
        waiting = self.filtered(lambda record: record.state in self._undecided)
        # As superuser: whoever may settle what these are about.
        waiting.sudo()._write_decision(state, at, by, **values)

    def _log_decision(self, before, at):
        """Leave a line in the audit log for each of these.

        :param before: dict of id → the state that it had
        """
        log = self.env["vip.audit.log"].with_context(**at_context(at))
        actions = dict(log._fields["action"].selection)
        for (state, reason), records in self.grouped(
            lambda record: (record.state, record._decision_words())
        ).items():
            log._record(
                records,
                state if state in actions else "decided",
                old=lambda record: {"state": before[record.id]},
                new={"state": state},
                reason=reason,
            )

    def _skipped(self, refused):
        return "\n".join(
            f"{record.display_name}: {error}" for record, error in refused.items()
        )

    def _told(self, accepted, refused):
        """Return the notification that tells who was skipped, and why."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "className": "text-prewrap",
                "message": self.env._(
                    "Decided: %(decided)s. Skipped: %(skipped)s.\n%(names)s",
                    decided=len(accepted),
                    skipped=len(refused),
                    names=self._skipped(refused),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
