from datetime import timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.vip_base.tools.times import at_context

from .voice_case import VoiceCase

#: What happens to a complaint after it was filed.
STATIONS = ("decided_at", "answered_at", "verified_at", "closed_at")


@tagged("post_install", "-at_install")
class TestComplaint(VoiceCase):
    """A complaint is filed, owned, answered, verified and closed; the file is frozen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.held = cls.closed(minutes=300)
        cls.officer = cls.new_user("leader", login="officer")
        cls.second = cls.new_user("manager", login="second")
        cls.voice.user_ids += cls.officer
        cls.env["sla.policy"].search([("active", "=", False)]).filtered(
            lambda policy: policy == cls.env.ref("vip_voice.policy_complaint_owed")
        ).active = True
        cls.cause = cls.env.ref("vip_voice.cause_process")

    @classmethod
    def new_user(cls, role, company=None, login=None):
        if not login:
            return (
                super().new_user(role, company) if company else super().new_user(role)
            )
        user = super().new_user(role) if role not in cls.users else cls.users[role]
        return user.copy({"login": login, "name": login.title()})

    def complaint(self, user=None, **values):
        complaints = self.env["vip.complaint"].with_user(user or self.manager)
        complaints = complaints.with_context(
            allowed_company_ids=self.company.ids, **at_context(self.now)
        )
        made = complaints.create(
            {
                "name": "Fee charged twice after a transfer",
                "about_id": self.held.id,
                "reason": "She wants it in writing",
                **values,
            }
        )
        return made.with_env(self.env)

    def by(self, complaint, user, minutes=0):
        at = self.now + timedelta(minutes=minutes)
        return complaint.with_user(user).with_context(
            allowed_company_ids=self.company.ids, **at_context(at)
        )

    def handled(self, complaint=None):
        """Return a complaint that lacks only its verification."""
        complaint = complaint or self.complaint()
        self.by(complaint, self.officer, 1).action_own()
        ticket = self.by(complaint.ticket_id, self.officer, 5)
        ticket._log_contact_by_hand("call", self.now + timedelta(minutes=5), "Called")
        self.env["vip.case.cause"].with_user(self.officer).create(
            {"ticket_id": complaint.ticket_id.id, "cause_id": self.cause.id}
        )
        mine = self.by(complaint, self.officer, 10)
        mine.write(
            {
                "decision": "upheld",
                "answer_text": "<p>The fee is back.</p>",
                "action_ids": [
                    (0, 0, {"name": "Return the fee", "evidence": "booking 7"})
                ],
            }
        )
        mine.action_ids.action_done()
        mine.action_answer()
        complaint.invalidate_recordset()
        return complaint

    def answered(self, complaint, grade, minutes=30):
        self.by(complaint, self.second, minutes - 5).action_verify()
        complaint.invalidate_recordset()
        question = complaint.verify_question_id
        question._ask(self.now + timedelta(minutes=minutes))
        at = self.now + timedelta(minutes=minutes)
        self.give(question, grade, at=at)
        complaint.invalidate_recordset()

    def test_it_is_the_file_of_a_ticket_of_its_own_with_what_is_owed(self):
        complaint = self.complaint()
        ticket = complaint.ticket_id
        self.assertEqual((ticket.team_id, ticket.partner_id), (self.voice, self.asked))
        self.assertTrue(complaint.number.startswith("K-"))
        owed = set(
            ticket.clock_ids.filtered(lambda c: "." in c.metric).mapped("metric")
        )
        self.assertEqual(
            owed, {f"vip_voice.{key}" for key in ("acknowledge", "decision", "answer")}
        )
        self.assertEqual(complaint.state, "logged")

    def test_a_feedback_becomes_a_complaint_with_a_reason(self):
        answer = self.give(self.question(), 1, "Twice!")
        feedback = self.env["vip.feedback"].search([("answer_id", "=", answer.id)])
        complaint = self.complaint(ticket_id=feedback.ticket_id.id, about_id=False)
        self.assertEqual(complaint.ticket_id, feedback.ticket_id)
        self.assertEqual(complaint.about_id, feedback.about_id)

    def test_who_held_the_request_handles_nothing_of_it(self):
        complaint = self.complaint()
        with self.assertRaisesRegex(AccessError, "held the request"):
            self.by(complaint, self.agent).action_own()
        barred = self.assertRaisesRegex(UserError, "held the request")
        with barred, self.env.cr.savepoint():
            self.by(complaint.ticket_id, self.manager).user_id = self.agent
        self.by(complaint, self.officer).action_own()
        self.assertEqual(complaint.owner_id, self.officer)

    def test_the_conflict_is_read_from_the_timeline_not_from_today(self):
        other = self.users["helpdesk"]
        self.held._at(self.now).user_id = other
        self.assertEqual(self.complaint()._interested(), self.agent | other)

    def test_it_is_closed_only_with_all_that_it_needs(self):
        complaint = self.complaint()
        self.by(complaint, self.officer).action_own()
        with self.assertRaises(UserError) as refused:
            self.by(complaint, self.officer).action_close()
        for word in ("cause", "action", "answer", "verification"):
            self.assertIn(word, str(refused.exception))
        self.handled(complaint)
        self.assertEqual(list(complaint._lacks()), ["verification"])
        self.assertEqual(complaint.state, "verified")

    def test_a_second_question_verifies_it_and_it_is_closed(self):
        complaint = self.handled()
        with self.assertRaises(AccessError):
            self.by(complaint, self.officer).action_verify()
        self.answered(complaint, 5)
        self.assertEqual(complaint.verify_result, "settled")
        self.by(complaint, self.officer, 40).action_close()
        self.assertEqual(complaint.state, "closed")
        with self.assertRaises(AccessError):
            self.by(complaint, self.officer, 41).write({"remedy": "More"})

    def test_still_unhappy_reopens_it_and_it_needs_another_action(self):
        complaint = self.handled()
        self.answered(complaint, 1)
        self.assertEqual(complaint.verify_result, "unsettled")
        self.assertEqual(complaint.unsettled_count, 1)
        lacks = complaint._lacks()
        self.assertIn("action", lacks)
        self.assertIn("answer", lacks)

    def test_its_clocks_stop_by_what_is_done(self):
        complaint = self.handled()
        clocks = {c.metric: c for c in complaint.ticket_id.clock_ids}
        for key, minutes in (("acknowledge", 5), ("decision", 10), ("answer", 10)):
            clock = clocks[f"vip_voice.{key}"]
            self.assertEqual(clock.state, "met", key)
            at = self.now + timedelta(minutes=minutes)
            self.assertEqual(clock.stopped_at, at, key)

    def test_an_upper_level_examines_it_again(self):
        complaint = self.handled()
        self.by(complaint, self.officer, 20).action_reexamine("The amount is wrong")
        complaint.invalidate_recordset()
        self.assertEqual((complaint.level, complaint.owner_id.id), (2, False))
        with self.assertRaises(AccessError):
            self.by(complaint, self.officer, 21).action_own()
        with self.assertRaisesRegex(AccessError, "manager"):
            self.by(complaint, self.users["helpdesk"], 21).action_own()
        self.by(complaint, self.second, 21).action_own()
        self.assertEqual(complaint.owner_id, self.second)

    def test_the_file_is_frozen_and_shows_what_changed(self):
        complaint = self.handled()
        complaint._freeze_file(self.now + timedelta(minutes=11))
        parts = complaint.part_ids
        self.assertTrue({"sla.span", "vip.contact"} <= set(parts.mapped("res_model")))
        self.assertEqual(set(parts.mapped("is_same")), {"same"})
        count = len(parts)
        complaint._freeze_file(self.now + timedelta(minutes=12))
        self.assertEqual(len(complaint.part_ids), count)
        message = self.env["mail.message"].browse(
            parts.filtered(lambda p: p.res_model == "mail.message")[:1].res_id
        )
        self.assertTrue(message.body)
        message.body = "<p>Something else</p>"
        parts.invalidate_recordset(["is_same"])
        self.assertIn("changed", parts.mapped("is_same"))
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error):
            with self.env.cr.savepoint():
                self.sql("UPDATE vip_complaint_part SET hash = 'x'")

    def test_a_repeat_is_found_by_its_words_also_in_chinese(self):
        first = self.complaint(name="手续费重复收取")
        second = self.complaint(name="重复收取手续费")
        self.assertIn(first, second.alike_ids)
        self.assertFalse(self.complaint(name="密码丢失").alike_ids)

    def test_a_cause_is_proposed_from_like_cases_and_decided_by_a_person(self):
        step = self.env.ref("vip_voice.step_settlement")
        first = self.complaint(step_id=step.id)
        self.assertFalse(first.proposed_cause_id)
        self.env["vip.case.cause"].create(
            {"ticket_id": first.ticket_id.id, "cause_id": self.cause.id}
        )
        second = self.complaint(step_id=step.id)
        self.assertEqual(second.proposed_cause_id, self.cause)
        self.assertFalse(second.cause_line_ids)
        self.assertEqual(self.cause.case_count, 1)

    def test_it_is_seen_on_the_client_s_page_the_home_and_in_figures(self):
        complaint = self.handled()
        client = self.by(self.asked, self.manager)
        texts = [point["text"] for point in client._key_points_now()]
        self.assertIn("Open complaints: 1", texts)
        story = client.client_360_section("story")["lines"]
        self.assertIn(f"Complaint: {complaint.name}", [line["text"] for line in story])
        home = self.by(self.env["vip.home"], self.manager)
        tiles = {tile["key"]: tile for tile in home.page("manager")["tiles"]}
        self.assertEqual(tiles["vip_voice/complaints"]["count"], 1)
        self.answered(complaint, 5)
        month = self.company._vip_month(self.now)
        figures = self.env["vip.figure"]._over(
            self.company, ["complaints", "recovered"], [month]
        )
        self.assertEqual(figures["complaints"]["", 0, month].value, 1)
        self.assertEqual(figures["recovered"]["", 0, month].value, 100)

    def test_the_client_sees_in_the_portal_what_happens_now(self):
        complaint = self.complaint()
        card = self.asked._portal_voice_card()
        self.assertIn("received", card["complaints"][0]["state"])
        self.by(complaint, self.officer, 1).action_own()
        complaint.invalidate_recordset()
        card = self.asked._portal_voice_card()
        self.assertIn("looks into it", card["complaints"][0]["state"])

    # Its page

    def test_there_is_a_row_for_each_promise_and_who_it_is_made_to(self):
        exchange = self.env["vip.regulator"].create({"name": "Exchange"})
        complaint = self.complaint(regulator_ids=[(6, 0, exchange.ids)])
        owed = {row["what"]: row for row in complaint.owed}
        report = owed["Report of the complaint"]
        self.assertEqual(report["to"], "the regulator")
        self.assertTrue(report["limit"])
        self.assertTrue(report["open"])
        self.assertEqual(
            {row["to"] for row in owed.values()}, {"the client", "the regulator"}
        )
        self.handled(complaint)
        answered = {row["what"]: row for row in complaint.owed}
        row = answered["Written answer to the complaint"]
        self.assertEqual((row["kind"], row["open"]), ("done", False))
        self.assertTrue(row["evidence"])
        self.assertIn("kept after", row["said"])

    def test_who_may_not_read_the_request_opens_the_complaint_about_it(self):
        complaint = self.complaint()
        officer = self.new_user("agent", login="elsewhere")
        self.voice.user_ids += officer
        self.by(complaint, officer, 1).action_own()
        mine = self.by(complaint, officer, 2)
        self.assertFalse(mine.about_id.has_access("read"))
        self.assertFalse(mine.may_open_about)
        self.env.invalidate_all()
        fields = [name for name, field in mine._fields.items() if not field.groups]
        [read] = mine.read(fields)
        self.assertIn(self.agent.name, str(read["file_lines"]))

    def test_what_is_next_follows_from_what_lacks(self):
        complaint = self.complaint()

        def step(user):
            complaint.invalidate_recordset()
            return self.by(complaint, user).next_steps[0]

        self.assertEqual((step(self.officer)["verb"]), "owner")
        self.assertTrue(step(self.officer)["mine"])
        barred = step(self.agent)
        self.assertFalse(barred["mine"])
        self.assertIn("held the request", barred["note"])
        self.by(complaint, self.officer).action_own()
        self.assertEqual(step(self.officer)["verb"], "acknowledged")
        self.assertTrue(step(self.officer)["until"])
        self.handled(complaint)
        mine, others = step(self.officer), step(self.second)
        self.assertEqual((mine["verb"], mine["mine"]), ("verification", False))
        self.assertEqual((others["mine"], others["method"]), (True, "action_verify"))
        self.answered(complaint, 5)
        self.assertEqual(step(self.officer)["method"], "action_close")

    def test_a_report_is_offered_while_it_is_owed(self):
        exchange = self.env["vip.regulator"].create({"name": "Exchange"})
        complaint = self.complaint(regulator_ids=[(6, 0, exchange.ids)])
        mine = self.by(complaint, self.officer, 1)
        self.assertTrue(mine.report_owed)
        self.assertFalse(self.by(complaint, self.agent, 1).report_owed)
        mine.action_report()
        complaint.invalidate_recordset()
        self.assertFalse(self.by(complaint, self.officer, 2).report_owed)

    def test_its_causes_show_how_often_they_came(self):
        first, second = self.complaint(), self.complaint(name="Another")
        for one in (first, second):
            self.env["vip.case.cause"].create(
                {"ticket_id": one.ticket_id.id, "cause_id": self.cause.id}
            )
        self.assertEqual(first.repeats[0]["count"], 2)
        rows = self.env["vip.case.cause"].search(first.repeats[0]["link"]["domain"])
        self.assertEqual(len(rows), 2)

    def test_every_station_is_on_the_client_s_page_with_who_did_it(self):
        complaint = self.handled()
        self.answered(complaint, 5)
        self.by(complaint, self.officer, 40).action_close()
        self.env.flush_all()
        client = self.by(self.asked, self.manager, 60)
        lines = {
            line["kind"]: line for line in client.client_360_section("story")["lines"]
        }
        stations = ("complaint", "case_cause", "complaint_action")
        for kind in (*stations, *(f"complaint_{at}" for at in STATIONS)):
            self.assertTrue(lines[kind]["at"], kind)
            self.assertTrue(lines[kind]["note"], kind)
        what_happened = [line["text"] for line in complaint.file_lines]
        self.assertIn("Return the fee", what_happened)

    def test_the_letter_says_what_was_decided_and_done(self):
        complaint = self.handled()
        reports = self.env["ir.actions.report"]
        html, _kind = reports._render_qweb_html(
            "vip_voice.complaint_letter_report", complaint.ids
        )
        for text in ("The fee is back.", "you are right", "Return the fee"):
            self.assertIn(text, html.decode())

    # The portal

    def test_a_client_says_what_was_wrong_and_says_it_once(self):
        person = self.asked.sudo()
        complaint = person._portal_complain(None, "Nobody calls back", "A call")
        self.assertEqual(complaint.reason, "Nobody calls back")
        self.assertEqual(complaint.ticket_id.partner_id, person)
        self.assertEqual(complaint.ticket_id.team_id, self.voice)
        self.assertFalse(complaint.ticket_id.user_id)
        again = person._portal_complain(None, "Nobody calls back ", "")
        self.assertEqual(again, complaint)
        page = person._portal_complaint_page(complaint)
        self.assertEqual(page["remedy"], "A call")
        self.assertTrue(page["promises"])

    def test_a_client_sees_no_complaint_of_others_and_no_colleague(self):
        complaint = self.complaint()
        self.assertTrue(self.asked._portal_complaint_of(complaint.id))
        other = self.client("OTHER", email="other@example.com")
        self.assertFalse(other._portal_complaint_of(complaint.id))
        self.by(complaint, self.second, 1).action_own()
        self.by(complaint.ticket_id, self.manager, 2).user_id = self.officer
        complaint.invalidate_recordset()
        page = str(self.asked._portal_complaint_page(complaint))
        self.assertIn(self.second.name, page)
        self.assertNotIn(self.officer.name, page)

    def test_an_open_complaint_asks_no_question(self):
        self.plan()
        self.complaint()
        ticket = self.closed()
        self.assertEqual(self.ask()[1][ticket].not_asked, "complaint")
