import tracemalloc
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from .voice_case import VoiceCase


@tagged("post_install", "-at_install")
class TestPlanQueue(VoiceCase):
    """What the queue holds in memory does not grow with what waits in it."""

    def test_the_job_holds_one_batch_at_a_time(self):
        few, many = self.peak(1500), self.peak(6000)
        self.assertLess(many, 1.3 * few)

    def peak(self, count):
        """Return the most bytes that were held while so many questions were asked."""
        self.sql(
            """
            INSERT INTO vip_question (purpose, partner_id, asked_partner_id, company_id,
                   closed_at, recorded_at, expires_at, state, try_at, tries, mails)
            SELECT 'relation', %s, %s, %s, %s, %s, %s, 'waiting', %s, 0, 0
              FROM generate_series(1, %s)
            """,
            *(self.asked.id, self.asked.id, self.company.id),
            *[self.now] * 4,
            count,
        )
        questions = type(self.env["vip.question"])
        crons = type(self.env["ir.cron"])
        told = []

        def ask(question, at):
            told.append(question.id)
            question._become("asked", mails=1)

        with (
            patch.object(questions, "_ask", ask),
            patch.object(crons, "_commit_progress", lambda *_args, **_more: True),
        ):
            tracemalloc.start()
            self.env["vip.question"]._cron_ask()
            _now, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        self.assertEqual(len(set(told)), count)
        [(waiting,)] = self.env.execute_query(
            SQL("SELECT count(*) FROM vip_question WHERE state = 'waiting'")
        )
        self.assertEqual((waiting, len(told)), (0, count))
        return peak
