from datetime import timedelta

from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import at_context
from odoo.addons.vip_service.tests.common import VipCase


class VoiceCase(VipCase):
    """A company that asks by a plan, its team for the client's voice, and closings."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = cls.env.cr.now().replace(microsecond=0)
        cls.company = cls.company.with_env(cls.env)
        cls.agent, cls.manager = cls.users["agent"], cls.users["manager"]
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.work = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
        cls.done.mail_template_id = False
        teams = cls.env["helpdesk.ticket.team"]
        cls.team = teams.create(
            {
                "name": "Line",
                "company_id": cls.company.id,
                "user_ids": [(6, 0, cls.agent.ids)],
            }
        )
        cls.voice = teams.create(
            {
                "name": "Voice",
                "company_id": cls.company.id,
                "vip_is_voice": True,
                "user_ids": [(6, 0, cls.agent.ids)],
            }
        )
        cls.company.vip_voice_team_id = cls.voice
        cls.asked = cls.client("ASKED", email="client@example.com", lang="en_US")
        cls.env["sla.policy"].search([]).filtered(
            lambda policy: policy != cls.env.ref("vip_voice.policy_feedback")
        ).active = False

    @classmethod
    def plan(cls, **values):
        return cls.env["vip.question.plan"].create(
            {
                "name": "After a service",
                "company_id": cls.company.id,
                "template_id": cls.env.ref("vip_voice.mail_template_closing").id,
                "date_from": cls.now - timedelta(days=30),
                **values,
            }
        )

    @classmethod
    def ticket(cls, at=None, **values):
        at = at or cls.now - timedelta(days=1)
        ticket = cls.env["helpdesk.ticket"]._at(at)
        return ticket.create(
            {
                "name": "Password",
                "description": "Lost",
                "partner_id": cls.asked.id,
                "company_id": cls.company.id,
                "team_id": cls.team.id,
                "user_id": cls.agent.id,
                **values,
            }
        ).with_env(cls.env)

    @classmethod
    def closed(cls, minutes=60, **values):
        """Return a request that was closed so many minutes ago."""
        ticket = cls.ticket(**values)
        at = cls.now - timedelta(minutes=minutes)
        ticket._at(at).write({"stage_id": cls.done.id, "closed_date": at})
        return ticket

    def ask(self, at=None):
        """Let plans ask; return the questions by ticket."""
        questions = self.env["vip.question"].sudo()
        counts = questions._plan_closings(self.company, at or self.now)
        questions.invalidate_model()
        found = questions.search([("company_id", "=", self.company.id)])
        return counts, {question.ticket_id: question for question in found}

    def question(self, ticket=None, **values):
        """Return a question about a closing that was asked."""
        ticket = ticket or self.closed(**values)
        span = self.env["sla.span"].search(
            [("ticket_id", "=", ticket.id), ("solved", "=", True)], limit=1
        )
        row = (ticket.id, span.start, 0, ticket.user_id.id, ticket.team_id.id, 0)
        questions = self.env["vip.question"].sudo()
        return questions._note_closings([row], self.now, state="asked")

    def give(self, question, grade, words="", at=None, dimensions=None):
        at = at or self.now
        answers = self.env["vip.answer"].with_context(**at_context(at))
        return answers._give(question, grade, "mail", at, words, dimensions)

    def sql(self, text, *values):
        self.env.cr.execute(SQL(text, *values))
