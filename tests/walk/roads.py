"""The two roads, told step by step by the people and jobs that walk them.

Each stretch is a transaction of its own, as a request or a job is. A story makes a
company of its own, so that it can be told again in the same database.
"""

import base64
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from odoo import SUPERUSER_ID, Command, api
from odoo.tests import new_test_user

from odoo.addons.vip_base.tools.times import at_context

from .goals import ROW, TICKET

#: When what is done; the 7th of May is a Tuesday. A key client is promised 15 minutes.
MONTH = date(2024, 4, 1)
IMPORTED = datetime(2024, 5, 1, 1)
REVIEWED = datetime(2024, 5, 1, 2)
APPROVED = datetime(2024, 5, 1, 9)
OPENED = datetime(2024, 5, 7, 9)
DUE_JOB = datetime(2024, 5, 7, 9, 16)
SOLVED = datetime(2024, 5, 7, 9, 19)
DRAFTED = datetime(2024, 5, 7, 10)
POSTED = datetime(2024, 5, 11, 10)

BADGE = {"vip_tier_id": {"fields": {"display_name": {}, "shade": {}}}}
CLIENT = {"display_name": {}, **BADGE}
#: What the form shows of ours before anything is opened: the badge and two widgets; a
#: third one calls by itself.
FORM = {**BADGE, "vip_next_actions": {}, "sla_clock_info": {}}


class NotArrived(Exception):
    """A road did not lead where it should."""


@dataclass(frozen=True)
class Stretch:
    """A part of a road; ``walk`` does it up to the commit, in an environment at hand."""

    road: str
    title: str
    walk: Callable[[], object]


class Story:
    """One client and one ticket, in a company of their own.

    :param name: of the company, also in logins and numbers
    """

    def __init__(self, registry, name: str):
        self.registry = registry
        self.name = name
        self.number = f"WALK-{name}"
        self.company_ids: list[int] = []
        with self._at_work(SUPERUSER_ID) as env:
            self._furnish(env)

    def stretches(self) -> Iterator[Stretch]:
        """Yield the stretches in order, each to be walked before the next is asked for.

        Raises NotArrived where a road ends elsewhere.
        """
        yield from self._from_row_to_badge()
        yield from self._from_creation_to_posted_entry()

    def _from_row_to_badge(self):
        manager, agent, job = self.manager_id, self.agent_id, SUPERUSER_ID
        for who, at, title, work in (
            (manager, IMPORTED, "CSV of one row imported", self._import),
            (job, REVIEWED, "review of the month", self._review),
            (manager, APPROVED, "approval → membership", self._approve),
            (agent, OPENED, "badge read by the agent", self._read_badge),
        ):
            yield from self._stretch(ROW, title, who, at, work)
        _expect(self.read["vip_tier_id"]["display_name"], "Diamond")

    def _from_creation_to_posted_entry(self):
        agent, job = self.agent_id, SUPERUSER_ID
        for who, at, title, work in (
            (agent, OPENED, "ticket created", self._create_ticket),
            (
                agent,
                OPENED,
                "form read: badge, next action, key points, clocks",
                self._read_form,
            ),
            (job, DUE_JOB, "due job", self._run_due_job),
            (agent, SOLVED, "solved 4 minutes late", self._solve),
            (job, DRAFTED, "points drafted", self._run_score_job),
            (job, POSTED, "posted", self._run_score_job),
        ):
            yield from self._stretch(TICKET, title, who, at, work)
        with self._at_work(SUPERUSER_ID) as env:
            entry = env["score.entry"].search([("ticket_id", "=", self.ticket_id)])
            _expect((entry.state, entry.points), ("posted", -0.5))

    def _stretch(self, road, title, user_id, at, work):
        with self._at_work(user_id, at) as env:

            def walk():
                work(env)
                env.cr.commit()  # what waits for the commit belongs to the work

            yield Stretch(road, title, walk)

    # The ground

    @contextlib.contextmanager
    def _at_work(self, user_id, at=None):
        """Yield an environment of that person and time; committed at the end."""
        context = {
            "allowed_company_ids": self.company_ids,
            # There is no mail server.
            "mail_notify_force_send": False,
            **(at_context(at) if at else {}),
        }
        with self.registry.cursor() as cursor:
            yield api.Environment(cursor, user_id, context)

    def _furnish(self, env):
        company = env["res.company"].create({"name": self.name})
        company.resource_calendar_id = env["resource.calendar"].create(
            {"name": "Desk hours", "tz": "UTC", "company_id": company.id}
        )
        env.user.company_ids += company
        self.company_ids = company.ids
        self.manager_id = self._person(env, "manager", "vip_base.group_vip_manager")
        self.agent_id = self._person(
            env, "agent", "helpdesk_mgmt.group_helpdesk_user_team"
        )
        team = env["helpdesk.ticket.team"].create(
            {
                "name": "Accounts",
                "company_id": company.id,
                "resource_calendar_id": company.resource_calendar_id.id,
                "user_ids": [Command.set([self.agent_id])],
            }
        )
        client = env["res.partner"].create(
            {"name": "张伟", "client_type": "end", "client_number": self.number}
        )
        self.client_id, self.team_id = client.id, team.id

    def _person(self, env, role, group):
        login = f"walk.{self.name}.{role}"
        person = new_test_user(
            env,
            login,
            groups=group,
            tz="UTC",
            email=f"{login}@example.com",
            company_id=self.company_ids[0],
            company_ids=[Command.set(self.company_ids)],
        )
        return person.id

    # What is done

    def _import(self, env):
        values = f"{self.number},{MONTH:%Y-%m},1200000,800"
        text = f"client_ref,month,deposit,volume\n{values}\n"
        record = env["vip.activity.import"].create(
            {
                "name": "April",
                "file": base64.b64encode(text.encode()),
                "file_name": "april.csv",
            }
        )
        record.action_import()

    def _review(self, env):
        env["vip.tier.review"]._cron_review()

    def _approve(self, env):
        change = env["vip.tier.change"].search([("partner_id", "=", self.client_id)])
        change.action_approve()

    def _read_badge(self, env):
        [self.read] = env["res.partner"].browse(self.client_id).web_read(CLIENT)

    def _create_ticket(self, env):
        ticket = env["helpdesk.ticket"].create(
            {
                "name": "Please open my account",
                "description": "Please",
                "partner_id": self.client_id,
                "category_id": env.ref("sla_promise.category_opening_ordinary").id,
                "team_id": self.team_id,
                "user_id": self.agent_id,
                "stage_id": env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new").id,
            }
        )
        self.ticket_id = ticket.id

    def _read_form(self, env):
        ticket = env["helpdesk.ticket"].browse(self.ticket_id)
        ticket.web_read(FORM)
        ticket.commercial_partner_id._key_points_now()

    def _run_due_job(self, env):
        env["sla.clock"]._cron_due()

    def _solve(self, env):
        ticket = env["helpdesk.ticket"].browse(self.ticket_id)
        ticket.write({"stage_id": env.ref("sla_promise.stage_solved").id})

    def _run_score_job(self, env):
        env["score.entry"]._cron_score()


def _expect(seen, wanted):
    if seen != wanted:
        raise NotArrived(f"{seen!r} instead of {wanted!r}")
