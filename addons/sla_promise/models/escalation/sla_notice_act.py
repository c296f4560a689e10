import logging
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.vip_base.tools.event_time import event_time

from .sla_notice import DONE, DROPPED, FAILED, WAITING

_logger = logging.getLogger(__name__)

#: How often something is tried before it is left to people.
MOST_TRIES = 8
#: How many of them one run of the job takes.
BATCH = 500


class SlaNotice(models.Model):
    """What levels do to tickets: by a job after the due job, one by one, through the
    ORM, so that timeline, hand-over clocks and followers see it."""

    _inherit = "sla.notice"

    @api.model
    def _cron_act(self):
        """Do what is waiting; each committed by itself, what fails tried again later."""
        cron = self.env["ir.cron"]
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
        team, person = self.level_id._reassignment(ticket.company_id)
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
