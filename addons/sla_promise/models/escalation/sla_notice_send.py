import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.digest import Row
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import written_moment

from .sla_notice import DONE, DROPPED, FAILED, WAITING

_logger = logging.getLogger(__name__)

#: How many tickets a digest names; the others are counted and linked to.
SHOWN = 20
#: For how long (minutes) digests wait for a due job that has more to do.
PATIENCE = 10
#: How often something is tried before it is left to people.
MOST_TRIES = 8
#: How many of them one run of the job takes.
BATCH = 500


class SlaNotice(models.Model):
    """Telling people, one digest each in their working time, and what levels do."""

    _inherit = "sla.notice"

    @api.model
    def _cron_send(self):
        """Send everybody one digest of what is new; each person in an own step.

        Whoever cannot be reached does not keep the others waiting; it is tried again
        until the notices are stale.
        """
        cron = self.env["ir.cron"]
        self._pass_on(event_time(self.env))
        users = self._waiting_users()
        cron._commit_progress(remaining=len(users))
        for user in users:
            try:
                self._send_to(user, event_time(self.env))
                self.env.flush_all()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Notices of user %s are not sent", user.id)
            if not cron._commit_progress(1):
                break

    @api.model
    def _waiting_users(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT user_id FROM sla_notice "
                "WHERE state = 'waiting' AND action = 'notify' ORDER BY 1"
            )
        )
        return self.env["res.users"].browse(row[0] for row in rows)

    @api.model
    def _send_to(self, user, now):
        """Deliver to one person what still matters and can be told now.

        The rest waits for their working time, or for the next digest; what does not
        matter any more is dropped.
        """
        works = user._sla_works_from(now) <= now
        waiting = [
            ("user_id", "=", user.id),
            ("state", "=", WAITING),
            ("action", "=", "notify"),
        ]
        if not works:
            waiting.append(("at_once", "=", True))
        # As superuser: the job serves every company.
        notices = self.sudo().search(waiting).try_lock_for_update()
        ready = notices.filtered(
            lambda notice: notice._matters() and not notice._is_stale(now)
        )
        (notices - ready)._close(DROPPED, now)
        at_once = ready.filtered("at_once")
        if not at_once and not ready._cannot_wait(user, now):
            return
        self._deliver(user, ready)
        ready._close(DONE, now)

    def _cannot_wait(self, user, now):
        """Tell whether a digest goes now: its time has come, or a limit comes earlier."""
        next_digest = self._next_digest(user, now)
        return bool(self) and (
            next_digest <= now
            or any(
                notice.kind == "warning"
                and notice.clock_id.due_at
                and notice.clock_id.due_at <= next_digest
                for notice in self
            )
        )

    @api.model
    def _next_digest(self, user, now):
        """Return when this person may get a digest again.

        While the due job is still at work the digests wait, so that thousands of
        tickets late at once make one message.
        """
        # As superuser: the job reads the settings of every company.
        interval = timedelta(minutes=user.company_id.sudo().sla_digest_minutes)
        [[last, behind]] = self.env.execute_query(
            SQL(
                """
                SELECT (SELECT max(handled_at) FROM sla_notice
                         WHERE user_id = %(user)s AND state = 'done'
                           AND action = 'notify'),
                       EXISTS (SELECT FROM sla_clock
                                WHERE next_event_at < %(now)s
                                  AND next_event_at > %(patience)s)
                """,
                user=user.id,
                now=now,
                patience=now - timedelta(minutes=PATIENCE),
            )
        )
        if behind:
            return now + max(interval, timedelta(minutes=1))
        return last + interval if last else now

    @api.model
    def _deliver(self, user, notices):
        """Tell ``user`` about ``notices`` in one message: the hook for other channels.

        Here: a notification in the person's inbox or e-mail, as they prefer, and in
        their language.
        """
        reader = self.env["vip.digest"]._reader(user)
        notices = notices.with_context(**reader.env.context)
        digest = notices._digest(user)
        more = digest["more"]
        reader._tell(
            user,
            digest["subject"],
            [
                (notices.env._("The limit has passed"), digest["late"]._digest_rows()),
                (notices.env._("The limit is near"), digest["soon"]._digest_rows()),
            ],
            intro=digest["teams_text"],
            more=notices.env._("and %s more", more) if more else "",
            url=f"{user.get_base_url()}/odoo/vip-notices",
        )

    def _digest_rows(self):
        """Return these notices as the rows of a mail, in the reader's language and zone."""
        return [notice._digest_row() for notice in self]

    def _digest_row(self):
        # As superuser: names alone, of a ticket that the person is told of.
        notice = self.sudo()
        ticket, clock = notice.ticket_id, notice.clock_id
        tier = clock.tier_id
        late = notice.kind == "breach"
        due = written_moment(self.env, clock.due_at)
        return Row(
            title=f"{clock._label()} · {ticket.number} {ticket.name}",
            client=ticket.commercial_partner_id.display_name or "",
            tier=(tier.name, tier.shade) if tier else None,
            due=self.env._("was due %s", due) if late else self.env._("due %s", due),
            late=late,
            holder=ticket.user_id.name or self.env._("nobody holds it"),
            note=notice.level_id.display_name or "",
            todo=self.env._("Open the ticket"),
            url=f"{ticket.get_base_url()}/odoo/vip-tickets/{ticket.id}",
        )

    def _digest(self, user):
        """Return what a digest says: counts, and the worst tickets first.

        :return: dict for the template; each ticket once, by its worst notice
        """
        late = self._worst(lambda notice: notice.kind == "breach")
        soon = self._worst(lambda notice: notice.kind == "warning") - late
        soon = soon.filtered(lambda notice: notice.ticket_id not in late.ticket_id)
        teams = self._count_by_team(late | soon)
        text = " · ".join(f"{name} {count}" for name, count in teams)
        return {
            "subject": self._digest_subject(late, soon),
            "late": late[:SHOWN],
            "soon": soon[:SHOWN],
            "more": len(late[SHOWN:]) + len(soon[SHOWN:]),
            "teams": teams,
            "teams_text": text if len(teams) > 1 else "",
        }

    def _worst(self, chosen):
        """Return one of the chosen notices per ticket, the earliest due time first."""
        worst = {}
        for notice in self.filtered(chosen).sorted(
            lambda notice: (notice.clock_id.due_at or notice.created_at, notice.id)
        ):
            worst.setdefault(notice.ticket_id, notice)
        return self.browse(notice.id for notice in worst.values())

    def _digest_subject(self, late, soon):
        if late:
            return self.env._("Promises that run late: %s", len(late))
        return self.env._("Promises near their limit: %s", len(soon))

    def _count_by_team(self, notices):
        """Return (team name, number of tickets), the largest first."""
        counts = {}
        for notice in notices:
            name = notice.ticket_id.team_id.name or self.env._("No team")
            counts[name] = counts.get(name, 0) + 1
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))

    # ------------------------------------------------------------------
    # What levels do to tickets
    # ------------------------------------------------------------------

    @api.model
    def _cron_act(self):
        """Do what is waiting; each committed by itself, what fails tried again later."""
        cron = self.env["ir.cron"]
        self._pass_on(event_time(self.env))
        waiting = self._waiting_actions(event_time(self.env))
        cron._commit_progress(remaining=len(waiting))
        for notice in waiting:
            try:
                with self.env.cr.savepoint():
                    notice._act(event_time(self.env))
            except Exception as error:
                _logger.warning(
                    "Escalation: notice %s failed", notice.id, exc_info=True
                )
                notice._postpone(error, event_time(self.env))
            if not cron._commit_progress(1):
                break

    @api.model
    def _waiting_actions(self, now):
        # As superuser: the job serves every company.
        return self.sudo().search(
            [
                ("state", "=", WAITING),
                ("action", "!=", "notify"),
                "|",
                ("retry_at", "=", False),
                ("retry_at", "<=", now),
            ],
            order="id",
            limit=BATCH,
        )

    def _act(self, now):
        """Do it, unless somebody else did or it is overtaken by events."""
        self.ensure_one()
        notice = self.try_lock_for_update()
        if not notice or notice.state != WAITING:
            return
        ticket = notice.ticket_id.exists()
        if not ticket or not notice._matters():
            notice._close(DROPPED, now)
            return
        changed = getattr(notice, f"_act_{notice.action}")(ticket)
        notice._close(DONE if changed else DROPPED, now)

    def _act_activity(self, ticket):
        ticket.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=fields.Date.context_today(
                self.with_context(tz=self.user_id.tz or "UTC")
            ),
            summary=self._reason(self.user_id.lang),
            user_id=self.user_id.id,
        )
        return True

    def _act_priority(self, ticket):
        wanted = self.level_id.raise_priority
        if not wanted or int(ticket.priority or 0) >= int(wanted):
            return False
        ticket.write({"priority": wanted})
        self._tell_ticket(ticket)
        return True

    def _act_reassign(self, ticket):
        team, person = self.level_id._reassignment(ticket, event_time(self.env))
        values = {}
        if team and ticket.team_id != team:
            values["team_id"] = team.id
        if person and ticket.user_id != person:
            values["user_id"] = person.id
        elif team and not person and ticket.team_id != team:
            values["user_id"] = False
        if not values:
            return False
        ticket.write(values)
        self._tell_ticket(ticket)
        return True

    def _tell_ticket(self, ticket):
        """Say on the ticket why it was changed, for who works on it."""
        ticket.message_post(
            body=self._reason(ticket.user_id.lang), subtype_xmlid="mail.mt_note"
        )

    def _reason(self, lang):
        notice = self.with_context(lang=lang or self.env.lang)
        return notice.env._(
            "Escalated: %(clock)s, %(level)s",
            clock=notice.clock_id.display_name,
            level=notice.level_id.display_name,
        )

    def _postpone(self, error, now):
        """Try again later, each time after twice as long; in the end leave it."""
        failures = self.failures + 1
        values = {"failures": failures, "error": str(error)[:200]}
        if failures >= MOST_TRIES:
            values.update(state=FAILED, handled_at=now)
        else:
            values["retry_at"] = now + timedelta(minutes=2**failures)
        self.write(values)
