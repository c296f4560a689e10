from datetime import timedelta

from .common import VipCase


class AnswerCase(VipCase):
    """Requests of a client that were closed, and the questions about them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = cls.env.cr.now().replace(microsecond=0)
        cls.agent = cls.users["agent"]
        cls.asked = cls.client("ASKED", email="client@example.com", lang="en_US")
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.done.mail_template_id = False
        cls.template = cls.env["mail.template"].create(
            {
                "name": "How was it?",
                "model_id": cls.env["ir.model"]._get_id("helpdesk.ticket"),
                "subject": "How was it?",
                "partner_to": "{{ object.partner_id.id }}",
                "body_html": "<p>Please tell us</p>",
            }
        )
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Line",
                "company_id": cls.company.id,
                "user_ids": [(6, 0, cls.agent.ids)],
            }
        )

    @classmethod
    def closed(cls, minutes=60, **values):
        """Return a request of the client that was closed so many minutes ago."""
        ticket = cls.env["helpdesk.ticket"]._at(cls.now - timedelta(days=1))
        ticket = ticket.create(
            {
                "name": "Password",
                "description": "Lost",
                "partner_id": cls.asked.id,
                "company_id": cls.company.id,
                "team_id": cls.team.id,
                "user_id": cls.agent.id,
                **values,
            }
        )
        at = cls.now - timedelta(minutes=minutes)
        ticket._at(at).write({"stage_id": cls.done.id, "closed_date": at})
        return ticket.with_env(cls.env)

    @classmethod
    def question(cls, ticket=None, minutes=60):
        """Return the question about a closing."""
        ticket = ticket or cls.closed(minutes)
        at = cls.now - timedelta(minutes=minutes)
        question = cls.env["vip.question"]._queue(ticket, [cls.template], at)
        question.write({"state": "asked"})
        return question

    def give(self, question, grade, words="", dimensions=None, at=None):
        return self.env["vip.answer"]._give(
            question, grade, "mail", at or self.now, words, dimensions
        )
