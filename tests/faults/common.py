"""What the tests of known faults stand on; nothing else here names our addons."""

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from itertools import count
from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.sla_promise.tests.common import START, SlaCase, minutes
from odoo.addons.sla_scoring.tests.common import (
    APRIL,
    DUE,
    LATER,
    MARCH,
    ScoreCase,
)
from odoo.addons.vip_base.tools.times import at_context
from odoo.addons.vip_service.tests.common import VipCase

from .known import Outcome, known_fault

__all__ = [
    "APRIL",
    "DUE",
    "LATER",
    "MARCH",
    "START",
    "FaultCase",
    "PointsCase",
    "PromiseCase",
    "TierCase",
    "at",
    "known_fault",
    "minutes",
]

SHANGHAI = timedelta(hours=8)
#: What tells the e-mails of a run apart.
NUMBERS = count(1)


def at(day, hour, minute=0):
    """Return a time of Shanghai in March 2024 as naive UTC; the 4th is a Monday."""
    return datetime(2024, 3, day, hour, minute) - SHANGHAI


class FaultCase(Outcome):
    """What tests of any kind ask."""

    def refused(self, change):
        """Tell whether Odoo refuses a change, as people see it: by a message."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                change()
        except (UserError, psycopg2.IntegrityError):
            self.env.invalidate_all()
            return True
        return False

    def audited(self, record):
        """Return what the audit log says was done to a record."""
        logs = self.env["vip.audit.log"].search(
            [("model", "=", record._name), ("res_id", "=", record.id)]
        )
        return logs.mapped("action")

    def failure(self, work, undone=True):
        """Return the kind of error that a piece of work ends with, False without one.

        :param undone: what it had done until then is undone, as at the end of a job
        """
        try:
            if not undone:
                work()
                return False
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                work()
        except Exception as error:  # whatever it is, the work is not done
            self.env.invalidate_all()
            return type(error).__name__
        return False

    def score(self, instant):
        """Run the job of the points as of ``instant``, without its commits."""
        entries = self.ticking(self.env["score.entry"], instant)
        cron = self.env.registry["ir.cron"]
        with patch.object(cron, "_commit_progress", lambda *_args, **_more: 1):
            entries._cron_score()

    def ticking(self, records, instant):
        """Return records whose changes happen at ``instant`` (naive UTC)."""
        return records.with_context(**at_context(instant))


class PromiseCase(FaultCase, SlaCase):
    """One team, one client who reads e-mail, and promises to it.

    Ann and Bob serve in the first line, which the boss leads.
    """

    def office(self, zone="Asia/Shanghai"):
        """Return working hours of Monday to Friday, 9 to 17 o'clock."""
        return self.env["resource.calendar"].create(
            {
                "name": "Office",
                "tz": zone,
                "company_id": self.env.company.id,
                "attendance_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Work",
                            "dayofweek": str(day),
                            "hour_from": 9,
                            "hour_to": 17,
                            "day_period": "full_day",
                        },
                    )
                    for day in range(5)
                ],
            }
        )

    def promise(self, name, target=None, **vals):
        """Promise metrics within so many minutes, as a policy beside the others."""
        return self.make_policy(name, target, **vals)

    def promise_only(self, name="Promise", target=None, **vals):
        """Promise this and nothing else."""
        self.policy.active = False
        return self.promise(name, target, **vals)

    def plan_telling(self, **level):
        """Let all promises tell these at their limit, and nobody else at any time."""
        plan = self.env["sla.escalation"].create(
            {"name": "Plan", "level_ids": [(0, 0, {"amount": 0, **level})]}
        )
        self.env["sla.target"].search([]).escalation_id = plan

    def makeup_day(self, calendar, day, instant):
        """Let a calendar work on a date as on a Monday."""
        days = self.ticking(self.env["resource.makeup.day"], instant)
        return days.create(
            {"name": "Make-up", "date": day, "calendar_id": calendar.id, "weekday": "0"}
        )

    def answer(self, ticket, instant, author=None, **vals):
        """Let an agent write to the client from the ticket, as e-mail where it can."""
        values = {
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
            "body": "We are on it",
            **self.reaches(ticket),
            **vals,
        }
        ticket = self.ticking(ticket.with_user(author or self.ann), instant)
        message = ticket.message_post(**values)
        # As superuser: it is the job of the outbox that sends.
        self.hand_over(self.ticking(message.sudo().mail_ids, instant))
        return message

    def receive(
        self, sender, instant, ticket=None, headers=(), body="About that", date=None
    ):
        """Let the mail gateway receive an e-mail; return the ticket it ends up on.

        :param sender: as in the header From
        :param ticket: the mail answers the last public message of this one
        :param headers: further (name, value) pairs
        :param date: what the mail itself says of its time, if not the instant
        """
        number = next(NUMBERS)
        lines = [
            ("From", sender),
            ("To", "Service desk <desk@ours.example>"),
            ("Date", date or format_datetime(instant.replace(tzinfo=timezone.utc))),
            ("Message-Id", f"<{number}@theirs.example>"),
            ("Subject", "Please"),
            *headers,
        ]
        if ticket:
            public = ticket.message_ids.filtered(
                lambda one: not one.subtype_id.internal
            )
            lines.append(("In-Reply-To", public[:1].message_id))
        head = "\n".join(f"{name}: {value}" for name, value in lines)
        gateway = self.ticking(self.env["mail.thread"], instant)
        text = f"{head}\n\n{body}\n"
        ticket_id = gateway.message_process("helpdesk.ticket", text)
        return self.env["helpdesk.ticket"].browse(ticket_id)

    def ask(self, ticket, instant, sender="client@example.com", **more):
        """Let the client reply by e-mail."""
        return self.receive(sender, instant, ticket, **more)

    def log_call(self, ticket, user, instant, **vals):
        """Let somebody write down a call with the client."""
        logs = self.ticking(self.env["vip.contact.log"].with_user(user), instant)
        values = {"ticket_id": ticket.id, "kind": "call", "note": "Explained it"}
        logs.create({**values, **vals}).action_log()

    def charge_everybody(self):
        """Let lateness cost points whoever the client is."""
        self.env["score.rule"].search([]).key_clients_only = False

    def told(self, ticket, instant=None):
        """Return the logins of those told of a ticket, at an instant or ever."""
        notices = self.env["sla.notice"].search([("ticket_id", "=", ticket.id)])
        return sorted(
            {
                notice.user_id.login
                for notice in notices
                if notice.action == "notify"
                and (instant is None or notice.created_at == instant)
            }
        )

    def explained(self, clock):
        """Return until when the explanation of a clock says that its time lasts."""
        clock.invalidate_recordset()
        return clock._explain_rows()[-1]["stop"]

    @classmethod
    def new_user(cls, login, groups="helpdesk_mgmt.group_helpdesk_user", **vals):
        return new_test_user(cls.env, login, groups=groups, **vals)


class PointsCase(FaultCase, ScoreCase):
    """Tickets that stopped late in March, and what it costs who held them."""

    def rule(self, name, points, **vals):
        """Charge so many points for being late by up to an hour."""
        band = {"lower": 0, "upper": 60, "points": points}
        return self.env["score.rule"].create(
            {"name": name, "band_ids": [(0, 0, band)], **vals}
        )

    def take_back(self, entry, instant=LATER):
        """Let the manager reverse a posted entry."""
        wizards = self.ticking(self.env["score.entry.reversal"], instant)
        wizard = wizards.with_user(self.manager).create(
            {"entry_id": entry.id, "reason": "Wrong"}
        )
        wizard.action_reverse()

    def close(self, month, instant):
        """Let managers close a month, whatever waits; return the close, done or not."""
        closes = self.ticking(self.env["score.close"], instant)
        close = closes.with_user(self.manager).create(
            {"month": month, "company_id": self.company.id}
        )
        with patch.object(type(close), "_commit_batch", lambda _self: None):
            failure = self.failure(lambda: self._close(close), undone=False)
        return failure, close

    def _close(self, close):
        if not close.close_page()["open_count"]:
            return close.action_close()
        close.close_leaving_out("It waits for others")
        return close.with_user(self.boss).action_confirm()


class TierCase(FaultCase, VipCase):
    """Clients of a company with a ladder of Silver, Platinum and Diamond."""

    def propose(self, client, tier, user, instant):
        """Let somebody propose a tier for a client."""
        changes = self.ticking(self.env["vip.tier.change"].with_user(user), instant)
        return changes.create({"partner_id": client.id, "to_tier_id": tier.id})
