from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import RestrictViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.vip_base.tools.times import at_context

from ..models.score_close_check import Rows
from .common import APRIL, DUE, LATER, MARCH, ScoreCase

CLOSING = LATER.replace(month=4, day=2)
REASON = "The switch was down, logs come on Monday"


class CloseCase(ScoreCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        close = cls.env.registry["score.close"]
        cls.startClassPatcher(patch.object(close, "_commit_batch", lambda self: None))
        cls.env["score.award.rule"].search([]).active = False

    def close(self, month=MARCH, at=CLOSING, user=None):
        closes = self.env["score.close"].with_user(user or self.manager)
        return closes.with_context(**at_context(at)).create(
            {"month": month, "company_id": self.company.id}
        )

    def waiting(self, close):
        """Return dict of line → how many rows wait for somebody."""
        page = close.close_page()
        return {line["key"]: line["count"] for line in page["lines"] if line["count"]}

    def rows(self, close, line, name):
        action = close.close_rows(line, name)
        return self.env[action["res_model"]].search(action["domain"])

    def draft(self, overrun=60, **values):
        return self.charge(self.breach(overrun, **values))


@tagged("post_install", "-at_install")
class TestChecklist(CloseCase):
    """Each line is read from the data, and its number opens exactly the rows."""

    def assert_line(self, line, name, records):
        close = self.close()
        self.assertEqual(self.waiting(close).get(line), len(records), line)
        self.assertEqual(self.rows(close, line, name), records)

    def test_nothing_waits_in_a_month_that_is_done(self):
        self.posted(60)
        page = self.close().close_page()
        self.assertEqual(page["open_count"], 0)
        self.assertEqual({line["state"] for line in page["lines"]}, {"done"})
        posted = {line["key"]: line for line in page["lines"]}["drafts"]["facts"]
        self.assertEqual([fact["count"] for fact in posted], [1])

    def test_drafts(self):
        self.assert_line("drafts", "drafts", self.draft(60))

    def test_a_draft_of_an_earlier_month_waits_too(self):
        draft = self.draft(60, due=DUE - timedelta(days=31))
        self.assert_line("drafts", "drafts", draft)

    def test_errors_of_twenty_minutes_and_more_are_a_line_of_their_own(self):
        error = self.draft(1300)
        self.assertTrue(error.needs_review)
        self.assert_line("errors", "errors", error)
        self.assertNotIn("drafts", self.waiting(self.env["score.close"].search([])))

    def test_appeals(self):
        appeal = self.env["score.appeal"].with_user(self.agent)
        appeal = appeal.with_context(**at_context(LATER)).create(
            {"entry_id": self.posted(60).id, "reason": "No"}
        )
        self.assert_line("appeals", "appeals", appeal.sudo())

    def test_answers_by_phone_are_missed_where_the_month_before_had_some(self):
        ticket = self.breach(60).ticket_id
        self.rate(ticket, 4, at=DUE - timedelta(days=31), channel="phone")
        close = self.close()
        self.assertEqual(self.waiting(close).get("answers"), 1)
        action = close.close_rows("answers", "missing")
        self.assertEqual(action["res_model"], "vip.answer.import")
        self.assertFalse(action.get("domain"))
        by_mail = self.rate(ticket, 5)
        self.assertIn("answers", self.waiting(close))
        by_phone = self.rate(ticket, 5, channel="phone")
        self.assertNotIn("answers", self.waiting(close))
        self.assertEqual(self.rows(close, "answers", "entered"), by_phone)
        self.assertNotIn(by_mail, self.rows(close, "answers", "entered"))

    def test_contributions(self):
        claim = self.env["score.contribution"].create(
            {
                "user_id": self.agent.id,
                "kind_id": self.env.ref("sla_scoring.contribution_case").id,
                "description": "Done",
                "occurred_at": DUE,
            }
        )
        self.assert_line("contributions", "claimed", claim)

    def review(self, **values):
        ticket, _stop = self.ticket([(self.agent, 60)])
        card = self.env.ref("sla_scoring.review_card")
        return self.env["score.review"].create(
            {
                "card_id": card.id,
                "ticket_id": ticket.id,
                "user_id": self.agent.id,
                "reviewer_id": self.boss.id,
                "month": MARCH,
                **values,
            }
        )

    def test_reviews_that_are_not_scored(self):
        self.assert_line("reviews", "reviewer", self.review())

    def test_reviews_that_the_agent_has_not_signed(self):
        self.assert_line("reviews", "agent", self.review(state="shown"))

    def test_breaches_that_were_not_charged_yet(self):
        self.assert_line("promises", "unscored", self.breach(60))

    def test_clocks_that_are_due_without_a_verdict(self):
        ticket, _stop = self.ticket([(self.agent, 60)])
        clock = self.env["sla.clock"].browse(self.clock(ticket, state="running"))
        self.assert_line("promises", "running", clock)

    def test_excuses(self):
        excuse = self.env["sla.excuse"].with_user(self.agent)
        reason = self.env.ref("sla_promise.reason_outage")
        breach = self.posted(60).breach_id
        breach.ticket_id.user_id = self.agent
        excuse = excuse.create(
            {"breach_id": breach.id, "reason_id": reason.id, "evidence": "Power cut"}
        )
        self.assert_line("excuses", "excuses", excuse.sudo())

    def test_extensions(self):
        ticket, _stop = self.ticket([(self.agent, 60)])
        extension = self.env["sla.extension"].create(
            {
                "clock_id": self.clock(ticket, state="met", stopped_at=DUE),
                "company_id": self.company.id,
                "metric": "resolution",
                "reason": "Parts",
                "requested_by_id": self.agent.id,
                "requested_at": DUE,
            }
        )
        self.assert_line("asked", "extensions", extension)

    def test_outages(self):
        outage = self.env["sla.outage"].create(
            {
                "name": "Switch",
                "reason": "Down",
                "date_from": DUE,
                "date_to": DUE + timedelta(hours=1),
            }
        )
        self.assert_line("outages", "drafts", outage)

    def leave(self):
        leaves = self.env["resource.calendar.leaves"].with_user(self.manager)
        return leaves.create(
            {
                "name": "Ill",
                "agent_id": self.agent.id,
                "date_from": DUE - timedelta(hours=1),
                "date_to": DUE + timedelta(hours=1),
                "company_id": self.company.id,
            }
        ).sudo()

    def test_points_that_were_posted_before_leave_was_known(self):
        entry = self.posted(60)
        self.leave()
        self.assertTrue(entry.leave_came_later)
        self.assert_line("leave", "late", entry)

    def test_what_a_close_was_decided_with_is_not_asked_again(self):
        self.posted(60)
        self.leave()
        close = self.close()
        close.close_leaving_out(REASON)
        close.with_user(self.boss).action_confirm()
        later = CLOSING.replace(month=5)
        self.assertNotIn("leave", self.waiting(self.close(APRIL, later)))

    def test_an_addon_adds_a_line_by_one_method(self):
        closes = self.env.registry["score.close"]
        names = self.env["score.close"]._check_lines()
        line = {
            "key": "asides",
            "waiting": "Put aside",
            "done": "Nothing put aside",
            "open": {"asides": Rows("res.users", [("id", "=", self.agent.id)], "rows")},
            "told": {},
            "action": "base.action_res_users",
            "button": "Try again",
        }
        with (
            patch.object(closes, "_check_lines", lambda _self: [*names, "_check_it"]),
            patch.object(closes, "_check_it", lambda _self: line, create=True),
        ):
            self.assertEqual(self.waiting(self.close()), {"asides": 1})

    def test_counting_costs_the_same_for_few_rows_and_many(self):
        close = self.close()

        def queries():
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            close._counts(close._lines())
            return self.env.cr.sql_log_count - before

        queries()  # what is read once: access, rules
        none = queries()
        for number in range(8):
            self.draft(60 + number)
        queries()
        self.assertEqual(queries(), none)
        # Late leave and leave in vain are found by a statement of their own.
        self.assertLessEqual(none, 4)

    def test_who_may_not_see_closes_sees_no_page(self):
        close = self.close()
        for method, *args in (
            ("close_page",),
            ("close_rows", "drafts", "drafts"),
            ("close_left_out",),
            ("close_leaving_out", REASON),
            ("action_confirm",),
            ("action_take_back",),
        ):
            with self.assertRaises(AccessError):
                getattr(close.with_user(self.agent), method)(*args)

    def test_the_sums_are_those_of_the_rows(self):
        self.posted(60)
        self.draft(900, holds=[(self.other, 900)])
        self.draft(60, holds=[(None, 60)])
        agents = self.close().close_page()["agents"]
        left = {row["name"]: row["left"] for row in agents["rows"]}
        self.assertEqual(left[self.agent.name], 0)
        self.assertEqual(left[self.other.name], -1.5)
        self.assertEqual(left["Teams"], -0.5)
        self.assertEqual((agents["points"], agents["left"]), (-0.5, -2))


@tagged("post_install", "-at_install")
class TestLeftOut(CloseCase):
    """A close that leaves something out takes a reason and a second manager."""

    def proposed(self):
        self.drafts = self.draft(60) | self.draft(1300)
        close = self.close()
        close.close_leaving_out(REASON)
        return close

    def test_nothing_closes_by_one_press_while_something_waits(self):
        self.draft(60)
        close = self.close()
        with self.assertRaisesRegex(UserError, "waits for somebody"):
            close.action_close()
        self.assertEqual(close.state, "draft")

    def test_a_reason_is_needed(self):
        self.draft(60)
        close = self.close()
        for reason in ("", "  ", None):
            with self.assertRaisesRegex(UserError, "Say why"):
                close.close_leaving_out(reason)

    def test_nobody_closes_it_alone(self):
        close = self.proposed()
        self.assertEqual(close.state, "proposed")
        self.assertFalse(close.can_decide)
        with self.assertRaises(AccessError):
            close.action_confirm()
        with self.assertRaises(UserError):
            close.action_close()
        close.with_user(self.boss).action_confirm()
        self.assertEqual(close.state, "closed")
        self.assertEqual(close.closed_by_id, self.manager)
        self.assertEqual(close.confirmed_by_id, self.boss)

    def test_whose_own_points_are_left_out_does_not_confirm(self):
        self.draft(60, holds=[(self.boss, 60)])
        close = self.close()
        close.close_leaving_out(REASON)
        with self.assertRaises(AccessError):
            close.with_user(self.boss).action_confirm()

    def test_more_than_was_proposed_is_not_confirmed(self):
        close = self.proposed()
        self.draft(60)
        with self.assertRaisesRegex(UserError, "More waits"):
            close.with_user(self.boss).action_confirm()
        close.action_take_back()
        self.assertEqual((close.state, close.reason), ("draft", False))
        close.close_leaving_out(REASON)
        close.with_user(self.boss).action_confirm()
        self.assertEqual(close.left_count, 3)

    def test_what_was_decided_meanwhile_is_not_left_out(self):
        close = self.proposed()
        self.drafts[0].with_user(self.boss).action_post()
        close.with_user(self.boss).action_confirm()
        self.assertEqual(close.left_ids.mapped("res_id"), self.drafts[1].ids)

    def test_all_decided_meanwhile_needs_nobody_else(self):
        close = self.proposed()
        self.drafts.with_user(self.boss).action_post()
        close.action_close()
        self.assertEqual((close.state, close.left_count), ("closed", 0))

    def test_a_company_may_let_one_manager_suffice(self):
        self.company.score_close_second = False
        self.draft(60)
        close = self.close()
        close.close_leaving_out(REASON)
        self.assertEqual((close.state, close.reason), ("closed", REASON))

    def test_one_manager_closes_not_without_own_points(self):
        self.company.score_close_second = False
        self.draft(60, holds=[(self.manager, 60)])
        close = self.close()
        self.assertIn("own points", self.barred(close))
        with self.assertRaises(AccessError):
            close.close_leaving_out(REASON)

    def barred(self, close):
        """Return why the page does not offer to close without what is left out."""
        return close.close_page()["decision"]["leaving_out_bar"]

    def test_where_nobody_else_could_confirm_it_says_so(self):
        self.draft(60)
        close = self.close()
        self.assertFalse(self.barred(close))
        managers = self.env.ref("vip_base.group_vip_manager").all_user_ids
        (managers - self.manager).active = False
        self.assertIn("no other service manager", self.barred(close))
        with self.assertRaisesRegex(UserError, "no other service manager"):
            close.close_leaving_out(REASON)

    def test_a_second_manager_is_asked_and_the_log_tells_all(self):
        close = self.proposed()
        self.assertTrue(close.sudo().activity_ids)
        self.assertNotEqual(close.sudo().activity_ids.user_id, self.manager)
        close.with_user(self.boss).action_confirm()
        self.assertFalse(close.sudo().activity_ids)
        log = self.env["vip.audit.log"].search(
            [("model", "=", "score.close"), ("res_id", "=", close.id)], order="id"
        )
        states = [line.new_values["state"] for line in log]
        self.assertEqual(states, ["proposed", "closing"])
        self.assertEqual(set(log.mapped("reason")), {REASON})

    def test_what_was_left_out_is_kept_and_tells_what_became_of_it(self):
        close = self.proposed()
        late, error = self.drafts
        close.with_user(self.boss).action_confirm()
        left = {row.res_id: row for row in close.left_ids}
        self.assertEqual(left.keys(), {late.id, error.id})
        self.assertEqual((close.left_count, close.left_points), (2, -2))
        self.assertEqual(left[late.id].outcome, "Still a draft")
        late._post(CLOSING)
        error.sudo().unlink()
        close.left_ids.invalidate_recordset()
        self.assertEqual(left[late.id].outcome, "Counted in April 2024")
        self.assertEqual(left[error.id].outcome, "Dropped")
        later = self.close(APRIL, CLOSING.replace(month=5))
        [told] = later.close_page()["earlier"]
        self.assertEqual((told["left"], told["confirmed_by"]), (2, self.boss.name))
        self.assertIn("1 in April 2024", told["counted"])

    def test_what_was_left_out_is_frozen(self):
        close = self.proposed()
        close.with_user(self.boss).action_confirm()
        with self.assertRaises(AccessError):
            close.left_ids[0].with_user(self.manager).points = 0
        for statement in (
            "UPDATE score_close_left SET points = 0",
            "DELETE FROM score_close_left",
        ):
            with (
                self.assertRaises(RestrictViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement)

    def test_one_card_is_not_closed_around_it(self):
        self.draft(60)
        cards = self.env["score.card"]
        cards._make_drafts(self.company, MARCH)
        card = cards.search([("user_id", "=", self.agent.id)])
        with self.assertRaisesRegex(UserError, "still drafts"):
            card.with_user(self.manager).with_context(
                **at_context(CLOSING)
            ).action_close()
