import io
from datetime import timedelta

from odoo.exceptions import UserError

from .answer_case import AnswerCase

HEADER = "ticket,answered_at,grade,channel,source,words,attitude\n"


class TestAnswerImport(AnswerCase):
    """What clients said by SMS or phone comes as a file, with clear reasons per row."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.closed(minutes=120)

    def row(
        self, ticket=None, minutes=60, grade=4, channel="sms", source="List", more=","
    ):
        at = self.now - timedelta(minutes=minutes)
        number = (ticket or self.ticket).number
        return f"{number},{at:%Y-%m-%d %H:%M},{grade},{channel},{source},{more}\n"

    def imported(self, *rows, role="manager", header=HEADER):
        imports = self.env["vip.answer.import"].with_user(self.users[role])
        record = imports.create({"company_id": self.company.id})
        record._import_file(io.BytesIO((header + "".join(rows)).encode()))
        return record

    def answers(self):
        return self.env["vip.answer"].search(
            [("company_id", "=", self.company.id)], order="id"
        )

    def test_answers_come_with_channel_and_source(self):
        record = self.imported(
            self.row(grade=2, more="Slow,5"), self.row(minutes=30, grade=5)
        )
        self.assertEqual((record.state, record.changed_count), ("done", 2))
        first, second = self.answers()
        self.assertEqual((first.grade, first.words), (2, "Slow"))
        self.assertEqual((first.channel, first.source), ("sms", "List"))
        self.assertEqual(first.entered_by_id, self.users["manager"])
        self.assertEqual(first.import_id, record)
        self.assertEqual(first.grade_ids.mapped("grade"), [5])
        self.assertEqual((first.counts, second.counts), (True, False))
        self.assertEqual((first.user_id, first.team_id), (self.agent, self.team))

    def test_the_same_file_twice_changes_nothing(self):
        rows = [self.row(), self.row(minutes=30)]
        self.imported(*rows)
        again = self.imported(*rows)
        self.assertEqual((again.state, again.changed_count), ("done", 0))
        self.assertEqual(len(self.answers()), 2)

    def test_an_import_joins_the_question_of_the_mail(self):
        question = self.question(self.ticket, minutes=120)
        self.imported(self.row())
        self.assertEqual(self.answers().question_id, question)

    def test_each_row_says_why_it_is_refused(self):
        own = self.closed(minutes=120, user_id=self.users["manager"].id)
        own.user_id = self.agent
        opened = self.env["helpdesk.ticket"].create(
            {"name": "Open", "description": "Open", "partner_id": self.asked.id}
        )
        at = f"{self.now:%Y-%m-%d %H:%M}"
        number = self.ticket.number
        record = self.imported(
            self.row(),
            f",{at},4,sms,List,,\n",
            f"NONE,{at},4,sms,List,,\n",
            f"{number},31.12.2024,4,sms,List,,\n",
            f"{number},2024-02-30 10:00,4,sms,List,,\n",
            self.row(minutes=-30),
            self.row(grade=6),
            self.row(grade=""),
            self.row(channel="mail"),
            self.row(source=""),
            self.row(opened),
            self.row(minutes=180),
            self.row(own),
            self.row(minutes=20, more=",7"),
            self.row(minutes=25),
            self.row(minutes=25),
        )
        reasons = self.rejects(record)
        for line, words in {
            3: "missing",
            4: "No ticket",
            5: "YYYY",
            6: "YYYY",
            7: "future",
            8: "1 to 5",
            9: "1 to 5",
            10: "none of",
            11: "from where",
            12: "not closed",
            13: "not closed",
            14: "held this request",
            15: "dimension",
            16: "more than once",
            17: "more than once",
        }.items():
            self.assertIn(words, reasons.get(line, "accepted"), line)
        self.assertEqual(record.accepted_count, 1)

    def test_a_ticket_of_another_company_is_none(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.closed(minutes=120)
        foreign.sudo().write({"team_id": False, "company_id": other.id})
        record = self.imported(self.row(foreign))
        self.assertIn("No ticket", self.rejects(record)[2])

    def test_times_are_those_of_the_company(self):
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        at = self.now.replace(second=0) - timedelta(minutes=30)
        shown = at + timedelta(hours=8)
        number = self.ticket.number
        self.imported(f"{number},{shown:%Y-%m-%d %H:%M},4,sms,List,,\n")
        self.assertEqual(self.answers().answered_at, at)

    def test_a_file_without_a_needed_column_is_refused(self):
        with self.assertRaisesRegex(UserError, "source"):
            self.imported(header="ticket,answered_at,grade,channel\n")
