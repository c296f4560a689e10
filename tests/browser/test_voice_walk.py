"""The loop of the client's voice, walked by all who take part in it.

A low grade on the page on which clients answer, a follow-up, a complaint with a reason, its
cause, an action, the written answer, a second question, the end; then the improvement of
the cause that repeats, and its re-check.
"""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tools import SQL

from odoo.addons.vip_improvement.models import vip_improvement, vip_improvement_check

from .common import EachWay, real_page
from .story import StoryCase

CAUSE = "Handed on without a word"
#: Requests before and after, and so many of those before that had the cause.
BEFORE, AFTER, CASES = 200, 300, 6


class TestVoiceWalk(EachWay, StoryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "helpdesk_mgmt.group_helpdesk_user_team"
        cls.officer = cls._person("voice.officer", group)
        cls.officer.group_ids = [
            Command.link(cls.env.ref("vip_base.group_vip_agent").id)
        ]
        cls.second = cls._person("voice.second", "vip_base.group_vip_manager")
        cls.voice = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Voice",
                "vip_is_voice": True,
                "user_ids": [Command.set(cls.officer.ids)],
            }
        )
        cls.company.vip_voice_team_id = cls.voice
        cls.trading.email = "trading@example.com"
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        at = cls.now - timedelta(minutes=1)
        cls.open_ticket._at(at).write({"stage_id": cls.done.id, "closed_date": at})
        cls.cause = cls.env["vip.cause"].create(
            {
                "name": CAUSE,
                "repeat_owner_id": cls.officer.id,
                "is_armed": True,
            }
        )
        for number in range(CASES):
            earlier = cls._request(
                f"Earlier {number}", minutes=60 * 24 * 10, team_id=cls.voice.id
            )
            cls.env["vip.case.cause"].create(
                {
                    "ticket_id": earlier.id,
                    "cause_id": cls.cause.id,
                    "about_category_id": cls.item.id,
                }
            )
        cls._requests(BEFORE, cls.now - timedelta(days=10))
        cls.env.flush_all()

    @classmethod
    def _requests(cls, count, at):
        """Insert ordinary requests that were opened at an instant."""
        copied = [
            name
            for name, field in cls.env["helpdesk.ticket"]._fields.items()
            if field.store
            and field.column_type
            and name not in ("id", "number", "opened_at", "stage_id")
        ]
        columns = SQL(", ").join(map(SQL.identifier, copied))
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                """
                INSERT INTO helpdesk_ticket (number, opened_at, stage_id, %s)
                SELECT %s || i, %s, stage_id, %s FROM helpdesk_ticket
                 CROSS JOIN generate_series(1, %s) i WHERE id = %s
                """,
                columns,
                f"WALK{at:%Y%m%d}-",
                at,
                columns,
                count,
                cls.late_ticket.id,
            )
        )

    def test_the_loop_from_a_low_grade_to_a_passed_re_check(self):
        question = self.env["vip.question"]._queue(
            self.open_ticket, [self.env["mail.template"]], self.now
        )
        self._answer(question, 1, "Nobody told me anything 没人告诉我")
        feedback = self.env["vip.feedback"].search(
            [("answer_id", "in", question.answer_ids.ids)]
        )
        self.assertEqual((feedback.state, feedback.lacks_cause), ("open", True))
        self.assertEqual(feedback.ticket_id.clock_ids.state, "running")

        self.start_tour("/odoo/feedback", "vip_voice_complaint", login="voice.officer")
        complaint = self._seen(
            self.env["vip.complaint"].search(
                [("ticket_id", "=", feedback.ticket_id.id)]
            )
        )
        self.assertEqual(complaint.filed_by_id, self.officer)
        self.assertEqual(complaint.owner_id, self.officer)
        self.assertEqual(complaint.cause_line_ids.cause_id, self.cause)
        self.assertEqual(complaint.cause_line_ids.decided_by_id, self.officer)
        self.assertEqual(complaint.action_ids.done_by_id, self.officer)
        self.assertEqual(complaint.decided_by_id, self.officer)
        self.assertTrue(complaint.answered_at)
        owed = complaint.ticket_id.clock_ids.filtered(
            lambda clock: clock.metric.startswith("vip_voice.")
        )
        self.assertEqual(len(owed), 4)
        self.assertEqual(set(owed.mapped("state")), {"met"})

        url = f"/odoo/complaints/{complaint.id}"
        self.start_tour(url, "vip_voice_verify", login="voice.second")
        self._seen(complaint)
        self.assertEqual(complaint.verified_by_id, self.second)
        self._answer(complaint.verify_question_id, 5)
        self.assertEqual(self._seen(complaint).verify_result, "settled")

        # As the job of the hour does for each cause that is armed.
        self.cause._open_repeated(self.company, self.now)
        improvement = self.env["vip.improvement"].search(
            [("cause_id", "=", self.cause.id)]
        )
        self.assertEqual(improvement.owner_id, self.officer)
        self.env.flush_all()
        self.start_tour(url, "vip_voice_close", login="voice.officer")
        self.assertEqual(self._seen(complaint).state, "closed")
        self.assertEqual(self._seen(improvement).action_ids.done_by_id, self.officer)

        with self._later(100):
            self.start_tour(
                f"/odoo/improvements/{improvement.id}",
                "vip_improvement_recheck",
                login="voice.second",
            )
        self.assertEqual(self._seen(improvement).state, "passed")
        self.assertEqual(improvement.check_ids.user_id, self.second)
        self._is_on_the_client_s_page(complaint)

    def _is_on_the_client_s_page(self, complaint):
        """Each station has its time, and who did it; one press leads to it."""
        client = self.trading.with_user(self.manager)
        lines, after = {}, False
        while True:
            page = client.client_story(after)
            for line in page["lines"]:
                lines.setdefault(line["kind"], line)
            if not (after := page["next"]):
                break
        stations = {
            "voice_feedback": self.officer,
            "complaint": self.officer,
            "case_cause": self.officer,
            "complaint_action": self.officer,
            "complaint_decided_at": self.officer,
            "complaint_answered_at": self.officer,
            "complaint_verified_at": self.second,
            "complaint_closed_at": self.officer,
            "improvement": self.officer,
        }
        for kind, who in stations.items():
            self.assertTrue(lines[kind]["at"], kind)
            self.assertIn(who.name, lines[kind]["note"], kind)
        self.assertTrue(lines["recheck"]["at"])
        self.start_tour(
            f"/odoo/vip-clients/{self.trading.id}",
            "vip_voice_client_360",
            login="tour.manager",
        )

    @contextmanager
    def _later(self, days):
        """Let so many days be over, with requests and without a case."""
        later = self.now + timedelta(days=days)
        self._requests(AFTER, later - timedelta(days=30))
        modules = (vip_improvement, vip_improvement_check)
        with patch.object(modules[0], "event_time", lambda _env: later):
            with patch.object(modules[1], "event_time", lambda _env: later):
                yield

    def _answer(self, question, grade, words=""):
        """Answer by the link of the mail, as somebody without login, by real taps."""
        question.sudo().write({"state": "asked"})
        key = self.env["vip.question.key"]._issue(question)
        self.env.flush_all()
        self.authenticate(None, None)
        with real_page(self, self.way.width) as page:
            page.goto(f"{self.base_url()}/answer#{key}")
            page.check(f"input[name=grade][value='{grade}']", force=True)
            if words:
                page.fill("textarea[name=words]", words)
            page.click(".send")
            page.wait_for_selector(".given")
        self.env.invalidate_all()

    def _seen(self, records):
        self.env.invalidate_all()
        return records
