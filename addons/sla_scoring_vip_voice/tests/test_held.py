from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.sla_scoring.models.figure.vip_figure import CARD
from odoo.addons.vip_voice.tests.voice_case import VoiceCase


@tagged("post_install", "-at_install")
class TestHeld(VoiceCase):
    """A grade in detail belongs to who held the request in the spans concerned."""

    def grades(self, key, by):
        month = self.company._vip_month(self.now)
        found = self.env["vip.figure"]._over(self.company, [key], [month], (by,))[key]
        return {
            record: (n.value, n.of) for (_d, record, _m), n in found.items() if n.of
        }

    def test_all_who_held_it_have_the_grade_once_and_nobody_else(self):
        first, second = self.agent, self.users["leader"]
        before = self.users["helpdesk"]
        ticket = self.ticket(at=self.now - timedelta(days=2), user_id=before.id)
        steps = (
            (47, {"stage_id": self.done.id}),
            (46, {"stage_id": self.work.id, "user_id": first.id}),
            (30, {"user_id": second.id}),
            (20, {"user_id": first.id}),
            (1, {"stage_id": self.done.id}),
        )
        for hours, values in steps:
            ticket._at(self.now - timedelta(hours=hours)).write(values)
        span = self.env["sla.span"].search(
            [("ticket_id", "=", ticket.id), ("solved", "=", True)], order="start desc"
        )[:1]
        row = (ticket.id, span.start, 0, first.id, self.team.id, 0)
        questions = self.env["vip.question"].sudo()
        question = questions._note_closings([row], self.now, state="asked")
        attitude = self.env.ref("vip_service.dimension_attitude")
        self.give(question, 4, dimensions={attitude: 3})
        held = self.grades("voice_held_attitude", "user_id")
        self.assertEqual(held, {first.id: (3, 1), second.id: (3, 1)})
        self.assertEqual(self.grades("voice_attitude", "user_id"), {first.id: (3, 1)})

    def test_cards_may_weigh_it_and_not_the_relation(self):
        serving = dict(self.env["vip.figure"]._serving(CARD))
        self.assertIn("voice_held_attitude", serving)
        self.assertNotIn("nps", serving)
