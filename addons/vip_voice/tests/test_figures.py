from odoo.tests import tagged

from odoo.addons.vip_base.engine.figure import wilson

from .voice_case import VoiceCase


@tagged("post_install", "-at_install")
class TestFigures(VoiceCase):
    """What is asked, reached, answered; the voice's own work is counted apart."""

    def figures(self, *keys, by=("",)):
        month = self.company._vip_month(self.now)
        found = self.env["vip.figure"]._over(self.company, keys, [month], by)
        return {
            key: {record: n for (_d, record, _m), n in groups.items()}
            for key, groups in found.items()
        }

    def test_asked_reached_answered_and_the_interval_of_the_share(self):
        questions = [self.question(minutes=60 + n) for n in range(4)]
        for question in questions[:3]:
            self.env["vip.question.key"]._issue(question)
        self.give(questions[0], 5)
        found = self.figures("voice_asked", "voice_reached", "voice_answer_share")
        self.assertEqual(found["voice_asked"][0].value, 4)
        self.assertEqual(found["voice_reached"][0].value, 3)
        share = found["voice_answer_share"][0]
        self.assertEqual((share.part, share.of), (1, 3))
        figure = self.env["vip.figure.answer.share"]
        low, high = figure._interval(share)
        self.assertAlmostEqual(low, 100 * wilson(1, 3)[0])
        self.assertAlmostEqual(high, 100 * wilson(1, 3)[1])
        self.assertTrue(figure._is_few(share))

    def test_dimensions_are_means_over_answers_and_not_of_means(self):
        attitude = self.env.ref("vip_service.dimension_attitude")
        other = self.users["leader"]
        grades = ((self.agent, (5, 5, 5)), (other, (1,)))
        for user, given in grades:
            for number, grade in enumerate(given):
                question = self.question(minutes=60 + number, user_id=user.id)
                self.give(question, 4, dimensions={attitude: grade})
        company = self.figures("voice_attitude")["voice_attitude"][0]
        self.assertEqual((company.value, company.of), (4, 4))
        people = self.figures("voice_attitude", by=("user_id",))["voice_attitude"]
        self.assertEqual(people[self.agent.id].value, 5)
        self.assertEqual(people[other.id].value, 1)

    def test_tickets_of_the_voice_count_in_no_figure_of_service(self):
        self.closed()
        before = self.figures("volume")["volume"][0]
        self.closed(team_id=self.voice.id)
        self.env["vip.figure.month"].search([]).unlink()
        self.assertEqual(self.figures("volume")["volume"][0], before)
        kept = self.team
        kept.vip_is_voice = True
        self.assertFalse(self.figures("volume")["volume"])
