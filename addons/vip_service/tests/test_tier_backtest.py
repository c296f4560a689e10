from datetime import date, datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tools import SQL, mute_logger

from ..models.vip_tier_backtest import KEPT_DAYS
from .common import FEBRUARY, JANUARY, MARCH, VipCase

#: Tables that a back-test must leave as they are.
UNTOUCHED = (
    "vip_tier",
    "vip_tier_criterion",
    "vip_tier_change",
    "vip_tier_membership",
    "vip_tier_review",
    "vip_tier_verdict",
    "vip_audit_log",
    "helpdesk_ticket",
)


class BacktestCase(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.users["manager"]
        cls.admin = cls.users["admin"]
        cls.ann = cls.client("ANN", adviser_id=cls.users["adviser"].id)
        cls.bob = cls.client("BOB")
        cls.fact(cls.ann, JANUARY, deposit=600_000, volume=300)
        cls.fact(cls.ann, FEBRUARY, deposit=1_200_000, volume=800)
        cls.fact(cls.bob, JANUARY, deposit=400_000, volume=300)

    def backtest(self, user=None, month_from=JANUARY, months=3, **values):
        Backtest = self.env["vip.tier.backtest"].with_user(user or self.manager)
        return Backtest.create({"month_from": month_from, "months": months, **values})

    def moves(self, backtest):
        """Return {(month, client, from, to)} by short names."""
        return {
            (
                line.month.month,
                line.partner_id.client_number,
                line.from_tier_id.code,
                line.to_tier_id.code,
            )
            for line in backtest.line_ids
        }

    def draft(self, backtest, tier, metric):
        return backtest.criterion_ids.filtered(
            lambda c: (c.tier_id, c.metric_id) == (tier, metric)
        )

    def checksums(self):
        self.env.flush_all()
        return {
            table: self.env.execute_query(
                SQL(
                    "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t.id))"
                    " FROM %s t",
                    SQL.identifier(table),
                )
            )
            for table in UNTOUCHED
        }


class TestBacktest(BacktestCase):
    def test_it_begins_with_the_ladder_as_it_is(self):
        backtest = self.backtest()
        draft = [
            (c.tier_id, c.metric_id, c.aggregate, c.window_months, c.qualify, c.retain)
            for c in backtest.criterion_ids.sorted("id")
        ]
        ladder = self.silver + self.platinum + self.diamond
        present = [
            (c.tier_id, c.metric_id, c.aggregate, c.window_months, c.qualify, c.retain)
            for c in ladder.criterion_ids
        ]
        self.assertEqual(len(present), 4)
        self.assertEqual(draft, present)
        self.assertEqual(backtest.tier_line_ids.tier_id, ladder)

    def test_months_are_chained(self):
        backtest = self.backtest()
        backtest.action_run()
        self.assertEqual(
            self.moves(backtest),
            {
                (1, "ANN", "silver", "platinum"),
                (2, "ANN", "platinum", "diamond"),
                (3, "ANN", "diamond", "silver"),
            },
        )
        self.assertEqual(backtest.mover_count, 3)

    def test_a_lower_threshold_lets_another_client_rise(self):
        backtest = self.backtest(months=1)
        self.draft(backtest, self.platinum, self.deposit).qualify = 400_000
        backtest.action_run()
        self.assertEqual(
            self.moves(backtest),
            {
                (1, "ANN", "silver", "platinum"),
                (1, "BOB", "silver", "platinum"),
            },
        )

    def test_a_threshold_to_stay_keeps_a_client(self):
        backtest = self.backtest()
        self.draft(backtest, self.diamond, self.deposit).retain = 0
        self.draft(backtest, self.diamond, self.volume).retain = 0
        backtest.action_run()
        self.assertNotIn((3, "ANN", "diamond", "silver"), self.moves(backtest))

    def test_grace_delays_a_fall(self):
        backtest = self.backtest(months=4)
        line = backtest.tier_line_ids.filtered(lambda x: x.tier_id == self.diamond)
        line.grace_reviews = 1
        backtest.action_run()
        self.assertIn((4, "ANN", "diamond", "silver"), self.moves(backtest))
        self.assertNotIn((3, "ANN", "diamond", "silver"), self.moves(backtest))

    def test_any_instead_of_all(self):
        backtest = self.backtest(months=1)
        line = backtest.tier_line_ids.filtered(lambda x: x.tier_id == self.platinum)
        line.match = "any"
        backtest.action_run()
        self.assertIn((1, "BOB", "silver", "platinum"), self.moves(backtest))

    def test_it_begins_with_the_tiers_before_the_first_review(self):
        self.promote(self.bob, self.diamond, at=datetime(2024, 1, 20, 3))
        backtest = self.backtest(months=1)
        backtest.action_run()
        self.assertIn((1, "BOB", "diamond", "silver"), self.moves(backtest))

    def test_an_override_is_left_alone_until_it_ends(self):
        self.change(
            self.bob,
            self.diamond,
            proposed_by_id=self.admin.id,
            override_until=date(2024, 3, 15),
            reason="A guest of the board",
        ).with_user(self.manager)._approve(at=datetime(2024, 2, 1, 3))
        backtest = self.backtest()
        backtest.action_run()
        bob = {move for move in self.moves(backtest) if move[1] == "BOB"}
        self.assertEqual(bob, {(3, "BOB", "diamond", "silver")})

    def test_a_client_without_type_or_archived_does_not_move(self):
        self.ann.active = False
        backtest = self.backtest()
        backtest.action_run()
        self.assertFalse(backtest.line_ids)

    def test_unchanged_thresholds_equal_the_reviews(self):
        backtest = self.backtest()
        backtest.action_run()
        before = self.moves(backtest)
        done = set()
        for month, at in (
            (JANUARY, datetime(2024, 2, 1, 3)),
            (FEBRUARY, datetime(2024, 3, 1, 3)),
            (MARCH, datetime(2024, 4, 1, 3)),
        ):
            changes = self.review(month, at=at).change_ids
            changes.with_user(self.manager)._approve(at=at)
            done |= {
                (
                    month.month,
                    c.partner_id.client_number,
                    c.from_tier_id.code,
                    c.to_tier_id.code,
                )
                for c in changes
            }
        self.assertEqual(before, done)
        backtest.action_run()
        self.assertEqual(self.moves(backtest), done)
        for line in backtest.line_ids:
            self.assertEqual(line.actual_tier_id, line.to_tier_id)
        for month in backtest.backtest_result()["months"]:
            self.assertEqual(
                {
                    "promotion": sum(month["rises"].values()),
                    "demotion": sum(month["falls"].values()),
                },
                month["actual"],
            )

    def test_it_is_compared_with_todays_thresholds_replayed_alike(self):
        # In reality nothing was reviewed, and somebody gave Bob the highest tier.
        self.promote(self.bob, self.diamond, at=datetime(2024, 3, 20, 3))
        backtest = self.backtest(months=2)
        self.draft(backtest, self.platinum, self.deposit).qualify = 400_000
        backtest.action_run()
        self.assertEqual(
            {
                (row.month.month, row.partner_id.client_number, row.to_tier_id.code)
                for row in backtest.today_ids
            },
            {(1, "ANN", "platinum"), (2, "ANN", "diamond")},
        )
        rows = {
            (x.month.month, x.partner_id.client_number): x for x in backtest.line_ids
        }
        ann, bob = rows[1, "ANN"], rows[1, "BOB"]
        self.assertEqual((ann.today_tier_id, bob.today_tier_id), tuple(self.two()))
        result = backtest.backtest_result()
        january = result["months"][0]
        self.assertEqual(
            (january["today"], january["actual"], january["rises"]),
            (
                {"promotion": 1, "demotion": 0},
                {"promotion": 0, "demotion": 0},
                {self.platinum.id: 2},
            ),
        )
        diamond = next(t for t in result["tiers"] if t["code"] == "diamond")
        counts = {key: diamond[key] for key in ("present", "today", "draft")}
        self.assertEqual(counts, {"present": 1, "today": 1, "draft": 1})
        self.assertEqual(backtest.today_count, 2)
        action = backtest.action_open_today()
        self.assertEqual(action["domain"], [("backtest_id", "=", backtest.id)])

    def two(self):
        return self.platinum, self.silver

    def test_thresholds_of_today_differ_from_themselves_in_nothing(self):
        # Reality is another: nobody approved what was proposed.
        for month, at in (
            (JANUARY, datetime(2024, 2, 1)),
            (FEBRUARY, datetime(2024, 3, 1)),
        ):
            self.review(month, at=at)
        backtest = self.backtest(months=2)
        backtest.action_run()
        self.assertTrue(backtest.line_ids)
        for line in backtest.line_ids:
            self.assertEqual(line.today_tier_id, line.to_tier_id)
        self.assertFalse(backtest.ticket_ids)
        for tier in backtest.backtest_result()["tiers"]:
            self.assertEqual(tier["today"], tier["draft"])

    def test_nothing_but_the_back_test_is_written(self):
        self.promote(self.ann, self.platinum)
        before = self.checksums()
        backtest = self.backtest()
        self.draft(backtest, self.platinum, self.deposit).qualify = 1
        backtest.action_run()
        self.assertTrue(backtest.line_ids)
        self.assertEqual(self.checksums(), before)

    def test_tickets_get_the_tier_of_the_draft(self):
        tickets = [
            self.env["helpdesk.ticket"]
            .sudo()
            ._at(datetime(2024, month, day, 12))
            .create(
                {
                    "name": f"Request {month}",
                    "description": "Help",
                    "partner_id": self.bob.id,
                    "company_id": self.company.id,
                }
            )
            for month, day in ((1, 31), (2, 1), (2, 29), (3, 1))
        ]
        backtest = self.backtest(months=2)
        self.draft(backtest, self.platinum, self.deposit).qualify = 400_000
        backtest.action_run()
        rows = backtest.ticket_ids
        self.assertEqual(rows.ticket_id, tickets[1] + tickets[2])
        self.assertEqual(rows.from_tier_id, self.silver)
        self.assertEqual(rows.had_tier_id, self.silver)
        self.assertEqual(rows.to_tier_id, self.platinum)
        summary = {
            row["key"]: row["value"] for row in backtest.backtest_result()["tickets"]
        }
        self.assertEqual((summary["opened"], summary["tier"]), (3, 2))

    def test_a_ticket_that_today_would_treat_alike_is_no_difference(self):
        for partner in self.ann, self.bob:
            self.env["helpdesk.ticket"].sudo()._at(datetime(2024, 2, 10)).create(
                {
                    "name": "Request",
                    "description": "Help",
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                }
            )
        backtest = self.backtest(months=1)
        self.draft(backtest, self.platinum, self.deposit).qualify = 400_000
        backtest.action_run()
        # Really Ann was Silver, as nobody had reviewed.
        self.assertEqual(backtest.ticket_ids.partner_id, self.bob)

    def test_ladder_and_load_per_adviser(self):
        backtest = self.backtest(months=2)
        backtest.action_run()
        result = backtest.backtest_result()
        tiers = {
            tier["code"]: (tier["present"], tier["draft"]) for tier in result["tiers"]
        }
        clients = self.env["res.partner"].search_count(
            [
                ("client_type", "!=", False),
                ("company_id", "in", [False, self.company.id]),
            ]
        )
        self.assertEqual(
            tiers,
            {
                "silver": (clients, clients - 1),
                "platinum": (0, 0),
                "diamond": (0, 1),
            },
        )
        adviser = self.users["adviser"]
        [row] = [row for row in result["advisers"] if row["id"] == adviser.id]
        self.assertEqual(row["name"], adviser.name)
        counts = {cell["id"]: (cell["present"], cell["draft"]) for cell in row["tiers"]}
        self.assertEqual(counts[self.diamond.id], (0, 1))
        self.assertEqual(counts[self.silver.id], (1, 0))

    def test_editing_the_draft_makes_the_result_void(self):
        backtest = self.backtest()
        for edit in (
            lambda: self.draft(backtest, self.diamond, self.volume).write(
                {"qualify": 1}
            ),
            lambda: backtest.criterion_ids[-1].unlink(),
            lambda: backtest.tier_line_ids[-1].write({"match": "any"}),
            lambda: backtest.write({"months": 2}),
        ):
            backtest.action_run()
            self.assertTrue(backtest.backtest_result())
            edit()
            self.assertEqual(backtest.state, "draft")
            self.assertFalse(backtest.line_ids)
            self.assertFalse(backtest.backtest_result())

    def test_a_month_that_is_not_over_is_refused(self):
        month = self.company._vip_month(self.env.cr.now())
        with self.assertRaises(UserError):
            self.backtest(month_from=month, months=1).action_run()

    def test_another_ladder_is_refused(self):
        backtest = self.backtest()
        self.diamond.active = False
        with self.assertRaises(UserError):
            backtest.action_run()

    def test_the_form_makes_one(self):
        Backtest = self.env["vip.tier.backtest"].with_user(self.manager)
        with Form(Backtest) as form:
            form.month_from = datetime(2024, 1, 17).date()
            form.months = 2
        self.assertEqual(form.record.month_from, JANUARY)
        self.assertEqual(len(form.record.criterion_ids), 4)

    def test_the_client_is_opened_from_the_list(self):
        backtest = self.backtest(months=1)
        backtest.action_run()
        action = backtest.line_ids.action_open_client()
        self.assertEqual(action["res_id"], self.ann.id)

    def test_old_ones_are_dropped(self):
        backtest = self.backtest()
        backtest.action_run()
        self.env["vip.tier.backtest"]._gc_backtests()
        self.assertTrue(backtest.exists())
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE vip_tier_backtest SET write_date = write_date - %s * interval"
                " '1 day' WHERE id = %s",
                KEPT_DAYS + 1,
                backtest.id,
            )
        )
        backtest.invalidate_recordset()
        self.env["vip.tier.backtest"]._gc_backtests()
        self.assertFalse(backtest.exists())


class TestUseThresholds(BacktestCase):
    def test_the_administrator_drafts_a_version_of_the_ladder(self):
        backtest = self.backtest(self.admin)
        self.draft(backtest, self.platinum, self.deposit).write(
            {"qualify": 400_000, "retain": 300_000, "window_months": 2}
        )
        self.draft(backtest, self.platinum, self.volume).unlink()
        line = backtest.tier_line_ids.filtered(lambda x: x.tier_id == self.diamond)
        line.write({"match": "any", "grace_reviews": 2})
        self.env["vip.tier.backtest.criterion"].with_user(self.admin).create(
            {
                "backtest_id": backtest.id,
                "tier_id": self.diamond.id,
                "metric_id": self.volume.id,
                "aggregate": "max",
                "window_months": 3,
                "qualify": 900,
                "retain": 800,
            }
        )
        backtest.action_run()
        action = backtest.action_use_thresholds()
        draft = self.env["vip.ladder.version"].browse(action["res_id"])
        self.assertEqual((draft.state, draft.company_id), ("draft", self.company))
        rungs = {rung.tier_id: rung for rung in draft.rung_ids}
        asked = rungs[self.platinum].criterion_ids
        self.assertEqual(
            (asked.qualify, asked.retain, asked.window_months), (400_000, 300_000, 2)
        )
        top = rungs[self.diamond]
        self.assertEqual((top.match, top.grace_reviews), ("any", 2))
        self.assertEqual(len(top.criterion_ids), 3)
        # The tiers stay as they are until the version is in force.
        self.assertEqual(len(self.platinum.criterion_ids), 2)
        self.assertEqual(backtest.action_use_thresholds()["res_id"], draft.id)
        self.assertEqual(len(top.criterion_ids), 3)

    def test_nobody_else_does(self):
        backtest = self.backtest()
        backtest.action_run()
        with self.assertRaises(UserError):
            backtest.action_use_thresholds()

    def test_the_result_is_not_written_by_hand(self):
        backtest = self.backtest()
        backtest.action_run()
        backtest.write({"result": {}, "state": "draft", "mover_count": 9})
        self.assertEqual((backtest.state, backtest.mover_count), ("done", 3))
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            backtest.line_ids.write({"direction": "promotion"})
