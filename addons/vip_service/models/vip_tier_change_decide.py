import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import ADMIN_GROUP, MANAGER_GROUP
from odoo.addons.vip_base.tools.reason import said
from odoo.addons.vip_base.tools.tile import Part
from odoo.addons.vip_base.tools.times import at_context, event_time
from odoo.addons.vip_base.tools.written import written_day

_logger = logging.getLogger(__name__)

#: Up to so many decisions at once leave a note at the client; larger approvals would
#: spend their time on messages. The change itself keeps who, when and why in any case.
NOTED_DECISIONS = 100
#: So many scheduled changes are brought into force in one step.
BATCH = 5000


class VipTierChange(models.Model):
    """Deciding on tier changes (REQUIREMENTS T3) and bringing them into force.

    Overrides may end before the day that was decided.
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

    def _replace_scheduled(self, at):
        """Let what is scheduled for the same clients end: the last decision counts."""
        self._expire(
            SQL(
                """
                state = 'approved' AND id <> ALL(%(ids)s)
                AND EXISTS (SELECT FROM vip_tier_change n
                             WHERE n.id = ANY(%(ids)s) AND n.state = 'proposed'
                               AND n.company_id = vip_tier_change.company_id
                               AND n.partner_id = vip_tier_change.partner_id)
                """,
                ids=self.ids,
            ),
            at,
        )

    @api.model
    def _expire(self, condition, at, reason=None, figures_changed=False):
        """Let what waits (proposed or scheduled) and meets ``condition`` end; log it.

        Nothing else lets a tier change expire. Set-based: a review replaces thousands.

        :param condition: SQL on ``vip_tier_change``
        :param at: the event time (naive UTC)
        :param reason: what the log says why
        :param figures_changed: they are not justified by their figures any more
        """
        changed = SQL("figures_changed_at")
        if figures_changed:
            changed = SQL("%s", at)
        self.flush_model()
        for state in "proposed", "approved":
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE vip_tier_change
                       SET state = 'expired', decided_at = %s, figures_changed_at = %s,
                           write_uid = %s, write_date = now() AT TIME ZONE 'UTC'
                     WHERE state = %s AND %s
                    RETURNING id
                    """,
                    at,
                    changed,
                    self.env.uid,
                    state,
                    condition,
                )
            )
            expired = [row[0] for row in self.env.cr.fetchall()]
            self._log_decisions(expired, "expired", at, state, reason=reason)
        self.invalidate_model()

    def _apply(self, at):
        """Turn approved changes into memberships, as far as their day has come."""
        # As superuser: who decides may not write memberships, an approved change does.
        batches = self.sudo()._read_group(
            [("id", "in", self.ids), ("state", "=", "approved")],
            ["company_id", "effective_date:day"],
            ["id:recordset"],
            order="effective_date:day",
        )
        for company, day, changes in batches:
            if day <= company._vip_local_date(at):
                changes._apply_on(day, company, at)
        self.invalidate_recordset()

    def _apply_on(self, day, company, at):
        versions = self.env["vip.ladder.version"]
        lowest = versions._of(company, day).lowest_id
        if lowest != versions._of(company, company._vip_local_date(at)).lowest_id:
            # Without a row it would go on as the lowest of now.
            lowest = lowest.browse()
        self.env["vip.tier.membership"]._apply_changes(self, day, lowest, at)
        self._end_overrides(day)
        company.flush_model(["vip_tell_clients"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_tier_change c
                   SET state = 'applied', override_end = c.override_until,
                       tell_adviser = TRUE,
                       tell_client = o.vip_tell_clients
                           AND c.direction IN ('promotion', 'demotion')
                  FROM res_company o
                 WHERE o.id = c.company_id AND c.id = ANY(%s)
                """,
                self.ids,
            )
        )

    def _end_overrides(self, day):
        """Let earlier overrides of these clients end: a later decision replaces them."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_tier_change o SET override_end = %(day)s
                  FROM vip_tier_change c
                 WHERE c.id = ANY(%(ids)s) AND o.id <> c.id
                   AND o.company_id = c.company_id AND o.partner_id = c.partner_id
                   AND o.state = 'applied' AND o.override_end > %(day)s
                """,
                day=day,
                ids=self.ids,
            )
        )

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

    # The end of overrides before the day that was decided

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
            day = company._vip_local_date(at)
            if changes.filtered_domain(self._running_domain(day)) != changes:
                raise UserError(self.env._("Only an override that runs can be ended."))
            changes._end_override_on(day, reason.strip(), at)
        self._note_decisions("ended")

    def _end_override_on(self, day, reason, at):
        self.write({"override_end": day, "override_end_reason": reason})
        self.env["res.partner"].invalidate_model(
            ["vip_override_until", "vip_override_reason"]
        )
        self._log_decisions(self.ids, "ended", at, "applied", reason=reason)

    # What happens when the day of a change comes

    @api.model
    def _cron_decisions(self):
        """Apply what was approved for a day that has come; let stale proposals end.

        A late job changes no result: a tier holds from its effective date on.
        """
        at = event_time(self.env)
        cron = self.env["ir.cron"]
        companies = self.env["res.company"].search(Domain.TRUE)
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            try:
                self._expire_stale(company, at)
                # A full batch may leave more behind.
                while len(self._apply_scheduled(company, at)) == BATCH:
                    if not cron._commit_progress():
                        return
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Tier changes of %s are not applied", company.name)
            if not cron._commit_progress(1):
                break

    @api.model
    def _apply_scheduled(self, company, at):
        """Apply approved changes of ``company`` whose day has come by ``at``.

        :returns: the changes applied, at most one batch
        """
        self.env["vip.ladder.version"]._take_effect(company, at)
        self._expire_overtaken(company, at)
        changes = self._scheduled(company, at)
        changes._apply(at)
        self._log_decisions(changes.ids, "applied", at, "approved")
        changes._note_decisions("applied")
        return changes

    @api.model
    def _apply_before(self, company, day, at):
        """Apply what was approved for days before a ladder begins on ``day``."""
        # As superuser: the day of a ladder has come, whoever is at work.
        changes = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "approved"),
                ("effective_date", "<", day),
            ]
        )
        changes._apply(at)
        self._log_decisions(changes.ids, "applied", at, "approved")

    @api.model
    def _apply_moves(self, version, company, at):
        """Apply what the plan of a ladder moves; the job does it for many clients."""
        # As superuser: as above.
        moves = self.sudo().search(
            [
                ("ladder_version_id", "=", version.id),
                ("company_id", "=", company.id),
                ("state", "=", "approved"),
            ],
            order="id",
            limit=BATCH + 1,
        )
        if len(moves) > BATCH:
            self.env.ref("vip_service.ir_cron_tier_decisions")._trigger()
            return
        moves._apply(at)
        self._log_decisions(moves.ids, "applied", at, "approved")

    @api.model
    def _scheduled(self, company, at):
        # As superuser: the job of the whole company.
        return self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "approved"),
                ("effective_date", "<=", company._vip_local_date(at)),
            ],
            order="effective_date, id",
            limit=BATCH,
        )

    @api.model
    def _expire_overtaken(self, company, at):
        """Let a scheduled change end whose client has a tier from a later day on."""
        self.env["vip.tier.membership"].flush_model()
        self._expire(
            SQL(
                """
                company_id = %s AND effective_date <= %s AND EXISTS (
                    SELECT FROM vip_tier_membership m
                     WHERE m.company_id = vip_tier_change.company_id
                       AND m.partner_id = vip_tier_change.partner_id
                       AND (m.date_from > vip_tier_change.effective_date
                            OR m.date_to > vip_tier_change.effective_date))
                """,
                company.id,
                company._vip_local_date(at),
            ),
            at,
        )

    @api.model
    def _expire_stale(self, company, at):
        """Let proposals end that nobody decided for as many days as the company says."""
        # As superuser: a setting of the company decides, whoever runs the job.
        if days := company.sudo().vip_proposal_days:
            limit = at - timedelta(days=days)
            self._expire(
                SQL(
                    "company_id = %s AND state = 'proposed' AND proposed_at < %s",
                    company.id,
                    limit,
                ),
                at,
            )
