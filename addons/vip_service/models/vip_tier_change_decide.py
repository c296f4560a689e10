from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import ADMIN_GROUP, MANAGER_GROUP
from odoo.addons.vip_base.tools.reason import said
from odoo.addons.vip_base.tools.tile import Part
from odoo.addons.vip_base.tools.times import at_context, event_time


class VipTierChange(models.Model):
    """Deciding on tier changes (REQUIREMENTS T3).

    What follows of a decision, and what stands beside it, is in ``decide``.
    """

    _inherit = "vip.tier.change"

    @api.model
    def _decision_parts(self):
        return (
            Part(
                lambda count: self.env._("%s fall", count),
                lambda: Domain("direction", "=", "demotion"),
            ),
            Part(
                lambda count: self.env._("%s rise", count),
                lambda: Domain("direction", "=", "promotion"),
            ),
        )

    # Actions

    def action_approve(self):
        """Approve at once, from today, without further words.

        Where the figures of a single one have changed, they are shown before; where its
        adviser is not in favour, a reason is asked.
        """
        asks = len(self) == 1 and (self._is_unseen() or self._is_opposed())
        if asks and not self._bar():
            return self.action_approve_with()
        return self._approve()

    def action_approve_with(self):
        """Ask for the day and a reason, then approve; any number at once."""
        return self._decision_action("approve", self.env._("Approve"))

    def action_reject(self):
        """Ask for the reason, then reject."""
        return self._decision_action("reject", self.env._("Reject"))

    def _decision_action(self, decision, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "vip.tier.change.decision",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_change_ids": [(6, 0, self.ids)],
                "default_decision": decision,
            },
        }

    # Who decides

    def _is_decider(self):
        """Tell whether the current user decides: who proposed it only where it suffices."""
        if super()._is_decider():
            return True
        # As superuser: a setting of the company.
        return self.env.user.has_group(MANAGER_GROUP) and self.sudo()._needs_no_second()

    def _needs_no_second(self):
        """Tell whether who proposed this may also approve it, if set so: an override, or
        what the rules proposed when that person let them."""
        if self.override_until:
            return self.company_id.vip_override_single
        return not self.proposed_by_id and self.company_id.vip_review_single

    def _parties(self):
        """Return who must not decide on this: also who let the rules propose it."""
        # As superuser: who it was, which the user may not be allowed to read.
        by_hand = self.sudo().review_id.by_hand_ids | self.sudo().asked_by_id
        return super()._parties() | by_hand

    @api.model
    def _awaiting_domain(self):
        # What is approved may still be taken back, but waits for nobody.
        return super()._awaiting_domain() & Domain("state", "=", "proposed")

    @api.model
    def _can_decide_depends(self):
        return [
            *super()._can_decide_depends(),
            *("review_id.by_hand_ids", "asked_by_id"),
        ]

    def _not_for_you(self):
        if self.env.user.has_group(MANAGER_GROUP):
            return UserError(
                self.env._(
                    "Somebody else decides on what you proposed, or let the rules "
                    "propose: %s.",
                    self.partner_id.display_name,
                )
            )
        return AccessError(
            self.env._("Only a service manager decides on tier changes.")
        )

    def _decided_already(self):
        return UserError(self.env._("Only a proposed tier change can be decided."))

    def _lack(self, state, **terms):
        # What is approved for a later day can still be rejected until that day.
        is_open = self.state == "proposed" or state == "rejected"
        if not is_open:
            return self._decided_already()
        if state != "approved":
            return None
        return (
            self._lacks_rung(terms.get("rungs"))
            or self._unseen(terms.get("seen"))
            or self._unheard(terms.get("reason"))
        )

    def _lacks_rung(self, rungs):
        """Return the error if the new tier is no rung of the ladder, or None."""
        if rungs is None or self.to_tier_id.id in rungs[self.company_id.id]:
            return None
        return UserError(
            self.env._(
                "“%(client)s”: “%(tier)s” is not in the ladder on that day. Reject it, "
                "or let the next review judge the client.",
                client=self.partner_id.display_name,
                tier=self.to_tier_id.name,
            )
        )

    def _rungs_from(self, day, at):
        """Return ``{company id: tiers that are in its ladder from ``day`` to now}``."""
        versions, found = self.env["vip.ladder.version"], {}
        # As superuser: the ladder is no secret in the service.
        for company in self.sudo().company_id:
            today = company._vip_local_date(at)
            days = sorted((fields.Date.to_date(day) or today, today))
            found[company.id] = versions._during(company, *days)
        return found

    # Figures that have changed are approved by who has seen them

    def _is_unseen(self, seen=None):
        """Tell whether the figures have changed since, and were not ``seen`` so."""
        changed_at = self.figures_changed_at
        return bool(changed_at) and (seen or {}).get(self.id) != changed_at

    def _unseen(self, seen):
        """Return the error for who approves figures that have not been seen, or None."""
        # As superuser: reviews are no secret of who decides.
        review = self.review_id.sudo()
        judging_again = review.state == "running" and review.judged_again_at
        if review.outdated or judging_again:
            return UserError(
                self.env._(
                    "The figures of %s have changed; its review is judged anew. Try "
                    "again in a minute.",
                    review.display_name,
                )
            )
        if self._is_unseen(seen):
            return UserError(
                self.env._(
                    "Its figures have changed since it was proposed: look at them, and "
                    "approve it alone."
                )
            )
        return None

    # Business

    def _approve(self, at=None, reason=False, effective_date=None, seen=None):
        """Approve these proposals; what takes effect by now is applied.

        :param at: the event time (naive UTC)
        :param effective_date: the company's date from which the tier holds; default
            today. Later: the change stays approved until that day. Earlier: only for
            an administrator who gives a reason.
        :param seen: {id: when its figures changed} of what the user has looked at
        :return: True, or the notification that tells who was skipped and why
        :raises AccessError: the user is no service manager
        :raises UserError: none is a proposal any more, or all were proposed by the user
            (REQUIREMENTS T3); or one cannot take effect on that day
        """
        self.check_access("write")
        at = at or event_time(self.env)
        self = self.with_context(**at_context(at))
        self._begin_ladders(at)
        terms = {
            "reason": reason,
            "effective_date": effective_date,
            "seen": seen,
            "rungs": self._rungs_from(effective_date, at),
        }
        return self._decide("approved", at, **terms)

    def _reject(self, reason, at=None):
        """Reject these proposals for a reason; same conditions as approving.

        What is approved for a later day can still be rejected until that day.
        """
        reason = said(reason)
        if not reason:
            raise UserError(self.env._("A rejection needs a reason."))
        self.check_access("write")
        return self._decide("rejected", at, reason=reason)

    def _carry_out(
        self, state, at, by, reason=False, effective_date=None, seen=None, rungs=None
    ):
        if state == "rejected":
            self._carry_out_rejection(at, by, reason)
        else:
            self._carry_out_approval(at, by, reason, effective_date)

    def _begin_ladders(self, at):
        """Let ladders begin whose day has come before anything is decided by them."""
        # As superuser: a ladder begins by its day, whoever decides then.
        for company in self.sudo().company_id:
            self.env["vip.ladder.version"]._take_effect(company, at)

    def _carry_out_approval(self, at, by, reason, effective_date):
        for company, changes in self.grouped("company_id").items():
            day = company._vip_local_date(at)
            changes._check_effective_date(effective_date or day, day, reason)
            changes._replace_scheduled(at)
            decided = changes._change_state(
                *("proposed", "approved", at, reason),
                effective_date=effective_date or day,
                decider=by.id,
            )
            changes._check_decided(decided)
        self._apply(at)
        self._note_decisions("approved")

    def _carry_out_rejection(self, at, by, reason):
        decided = [
            change_id
            for state in ("proposed", "approved")
            for change_id in self._change_state(
                state, "rejected", at, reason, decider=by.id
            )
        ]
        self._check_decided(decided)
        self._note_decisions("rejected")

    @api.model
    def _auto_approve(self, review, at):
        """Approve what the rules of ``review`` propose, as far as its company says so.

        The decision has no person: the reason names the rule, the log who ran the
        review. ``at`` is the event time (naive UTC).
        """
        # As superuser: a setting of the company decides, whoever runs the review.
        company = review.company_id.sudo()
        directions = {
            "promotions": ["promotion"],
            "all": ["promotion", "demotion"],
        }.get(company.vip_auto_approval)
        if not directions:
            return
        # As superuser: the caller has checked or is the rules themselves.
        changes = self.sudo().search(
            [
                ("review_id", "=", review.id),
                ("state", "=", "proposed"),
                ("proposed_by_id", "=", False),
                ("direction", "in", directions),
            ],
            order="id",
        )
        reason = (
            self.env._("Approved by rule: rises and falls of the monthly review")
            if len(directions) > 1
            else self.env._("Approved by rule: rises of the monthly review")
        )
        changes._change_state(
            *("proposed", "approved", at, reason),
            effective_date=company._vip_local_date(at),
        )
        changes._apply(at)

    def _change_state(
        self, old_state, state, at, reason, effective_date=None, decider=None
    ):
        """Change the state of those in ``old_state`` and log it; return their ids.

        What is proposed again has no decision any more.
        """
        again = state == "proposed"
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_tier_change
                   SET state = %s, decided_at = %s, decided_by_id = %s,
                       reason = COALESCE(%s, reason), effective_date = %s,
                       tell_adviser = %s,
                       write_uid = %s, write_date = now() AT TIME ZONE 'UTC'
                 WHERE id = ANY(%s) AND state = %s
                RETURNING id
                """,
                *(state, None if again else at, decider, reason or None),
                effective_date,
                *(state == "rejected", self.env.uid, self.ids, old_state),
            )
        )
        decided = [row[0] for row in self.env.cr.fetchall()]
        self.invalidate_recordset()
        self._log_decisions(decided, "decided" if again else state, at, old_state)
        return decided

    def _check_decided(self, decided):
        """Check that no other transaction has decided on one of these meanwhile."""
        if len(decided) != len(self):
            raise self._decided_already()

    def _check_effective_date(self, day, today, reason):
        if day < today:
            if not self.env.user.has_group(ADMIN_GROUP):
                raise AccessError(
                    self.env._("Only an administrator back-dates a tier change.")
                )
            if not (reason or "").strip():
                raise UserError(self.env._("A back-dated tier change needs a reason."))
        over = self.filtered(lambda c: c.override_until and c.override_until <= day)
        if over:
            raise UserError(
                self.env._(
                    "The override of “%(client)s” would be over on %(day)s.",
                    client=over[0].partner_id.display_name,
                    day=day,
                )
            )
