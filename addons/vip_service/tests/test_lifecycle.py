import contextlib
import random
from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import add_months, at_context, last_months

from ..models import vip_lifecycle
from .common import FEBRUARY, JANUARY, MARCH, VipCase


class Interrupted(Exception):
    """The job is killed here."""


def state_of(months, month, active=3, loyal=9):
    """Return the state by ``months`` with activity, up to ``month``: plain counting."""
    past = {m for m in months if m <= month}
    if not past:
        return "potential"
    if not past & set(last_months(month, active)):
        return "dormant"
    return "loyal" if len(past & set(last_months(month, 12))) >= loyal else "active"


def history_of(months, first, last, **settings):
    """Return ``[(state, date_from, date_to)]`` after all months were judged."""
    rows, state, month = [], "potential", first
    while month <= last:
        judged, start = state_of(months, month, **settings), add_months(month, 1)
        if judged != state:
            if rows and rows[-1][2] is None:
                rows[-1] = (*rows[-1][:2], start)
            if judged != "potential":
                rows.append((judged, start, None))
            state = judged
        month = add_months(month, 1)
    return rows


class TestLifecycle(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lifecycle = cls.env["vip.lifecycle"]
        cls.one, cls.two = cls.client("C-1"), cls.client("C-2")

    def judge(self, *months):
        return [self.lifecycle._judge(self.company, month) for month in months]

    def history(self, partner):
        rows = self.lifecycle.search(
            [("partner_id", "=", partner.id), ("company_id", "=", self.company.id)],
            order="date_from",
        )
        return [(row.state, row.date_from, row.date_to or None) for row in rows]

    def at(self, partner, day):
        return partner._lifecycle_at(day, self.company)[partner.id][0]

    def facts(self, partner, months, value=1):
        for month in months:
            self.fact(partner, month, volume=value)

    def test_a_client_is_active_from_the_month_after_its_first_activity(self):
        self.facts(self.one, [FEBRUARY])
        self.judge(JANUARY, FEBRUARY)
        self.assertEqual(self.history(self.one), [("active", MARCH, None)])
        self.assertFalse(self.history(self.two))
        self.assertEqual(self.at(self.one, date(2024, 2, 29)), "potential")
        self.assertEqual(self.at(self.one, MARCH), "active")
        self.assertEqual(self.at(self.two, MARCH), "potential")

    def test_a_pause_of_the_set_months_makes_dormant_and_activity_wakes(self):
        self.facts(self.one, [JANUARY, date(2024, 6, 1)])
        self.judge(*last_months(date(2024, 6, 1), 6))
        self.assertEqual(
            self.history(self.one),
            [
                ("active", FEBRUARY, date(2024, 5, 1)),
                ("dormant", date(2024, 5, 1), date(2024, 7, 1)),
                ("active", date(2024, 7, 1), None),
            ],
        )

    def test_loyal_from_exactly_the_set_number_of_months(self):
        months = last_months(date(2024, 12, 1), 12)
        self.facts(self.one, months[3:])
        self.facts(self.two, months[4:])
        self.judge(date(2024, 12, 1))
        self.assertEqual(self.at(self.one, date(2025, 1, 1)), "loyal")
        self.assertEqual(self.at(self.two, date(2025, 1, 1)), "active")

    def test_the_company_sets_the_months(self):
        self.company.write({"vip_active_months": 1, "vip_loyal_months": 2})
        self.facts(self.one, [JANUARY, FEBRUARY])
        self.judge(FEBRUARY, MARCH)
        states = [row[0] for row in self.history(self.one)]
        self.assertEqual(states, ["loyal", "dormant"])

    def test_a_figure_of_zero_is_no_activity(self):
        self.facts(self.one, [JANUARY], value=0)
        self.judge(JANUARY)
        self.assertFalse(self.history(self.one))

    def test_only_a_change_makes_a_row_and_judging_again_changes_nothing(self):
        self.facts(self.one, [JANUARY, FEBRUARY, MARCH])
        self.judge(JANUARY, FEBRUARY, MARCH)
        row = self.lifecycle.search([("partner_id", "=", self.one.id)])
        self.assertEqual(len(row), 1)
        self.judge(MARCH)
        self.assertEqual(self.history(self.one), [("active", FEBRUARY, None)])
        self.assertTrue(row.exists())

    def test_late_and_withdrawn_figures_are_followed(self):
        self.facts(self.one, [JANUARY])
        self.judge(*last_months(date(2024, 4, 1), 4))
        before = self.history(self.one)
        self.assertEqual(before[-1], ("dormant", date(2024, 5, 1), None))
        self.facts(self.one, [date(2024, 4, 1)])
        self.judge(date(2024, 4, 1))
        self.assertEqual(self.history(self.one), [("active", FEBRUARY, None)])
        self.env["vip.activity"].search([("month", "=", date(2024, 4, 1))]).value = 0
        self.judge(date(2024, 4, 1))
        self.assertEqual(self.history(self.one), before)
        self.env["vip.activity"].search([]).value = 0
        self.judge(date(2024, 4, 1))
        self.assertEqual(
            self.history(self.one), [("active", FEBRUARY, date(2024, 5, 1))]
        )
        self.assertEqual(self.at(self.one, date(2024, 5, 1)), "potential")

    def test_months_are_judged_in_order(self):
        self.facts(self.one, [JANUARY])
        self.judge(FEBRUARY)
        with self.assertRaises(UserError):
            self.judge(JANUARY)

    def test_changes_of_many_are_committed_in_batches_and_an_interruption_is_mended(
        self,
    ):
        clients = [self.client(f"B-{i}") for i in range(7)]
        for client in clients:
            self.facts(client, [JANUARY])
        commits = []

        def commit(model):
            commits.append(len(model.search([])))
            if commits == [3, 6]:
                raise Interrupted

        self.patch(vip_lifecycle, "BATCH", 3)
        self.patch(type(self.lifecycle), "_commit_batch", commit)
        with contextlib.suppress(Interrupted):
            self.judge(JANUARY)
        self.assertEqual(self.judge(JANUARY), [7])
        self.assertEqual(commits, [3, 6, 6, 6])
        for client in clients:
            self.assertEqual(self.history(client), [("active", FEBRUARY, None)])

    def test_whose_state_stays_is_not_written(self):
        for client in self.one, self.two:
            self.facts(client, [JANUARY])
        self.judge(JANUARY)
        self.facts(self.one, [date(2024, 4, 1)])
        self.env.flush_all()
        rows = "SELECT partner_id, xmin FROM vip_lifecycle ORDER BY partner_id, id"
        before = self.env.execute_query(SQL(rows))
        self.judge(FEBRUARY)
        self.assertEqual(self.env.execute_query(SQL(rows)), before)
        self.judge(date(2024, 4, 1))
        of_one = [row[0] for row in self.env.execute_query(SQL(rows))]
        self.assertEqual(of_one, [self.one.id, self.two.id, self.two.id])

    def test_states_of_one_company_leave_another_alone(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.facts(self.one, [JANUARY])
        self.judge(JANUARY)
        self.lifecycle._judge(other, JANUARY)
        self.assertEqual(self.at(self.one, FEBRUARY), "active")
        self.assertEqual(
            self.one._lifecycle_at(FEBRUARY, other)[self.one.id][0], "potential"
        )

    def test_the_job_judges_all_months_since_the_first_figures(self):
        self.facts(self.one, [JANUARY])
        job = self.lifecycle.with_context(**at_context(datetime(2024, 5, 3)))
        cron = self.env.registry["ir.cron"]
        self.startPatcher(
            patch.object(cron, "_commit_progress", lambda *args, **kwargs: 1)
        )
        job._cron_lifecycle()
        expected = history_of({JANUARY}, JANUARY, date(2024, 4, 1))
        self.assertEqual(self.history(self.one), expected)
        self.assertEqual(self.company.vip_lifecycle_month, date(2024, 4, 1))
        self.facts(self.two, [date(2024, 4, 1)])
        job._cron_lifecycle()
        self.assertEqual(self.history(self.one), expected)
        self.assertEqual(self.at(self.two, date(2024, 5, 1)), "active")

    def test_clients_are_found_and_grouped_by_state(self):
        self.facts(self.one, [JANUARY])
        self.judge(JANUARY)
        contact = self.env["res.partner"].create(
            {"name": "C", "parent_id": self.one.id}
        )
        stranger = self.env["res.partner"].create({"name": "S"})
        ours = self.one + self.two + contact + stranger
        Partner = ours.with_context(**at_context(datetime(2024, 2, 10)))
        self.assertEqual(
            Partner.mapped("vip_lifecycle"), ["active", "potential", "active", False]
        )
        scope = [("id", "in", ours.ids)]

        def found(*leaf):
            return Partner.search([*scope, ("vip_lifecycle", *leaf)])

        self.assertEqual(found("=", "active"), self.one + contact)
        self.assertEqual(found("in", ["active", "potential"]), ours - stranger)
        self.assertEqual(found("!=", "active"), self.two + stranger)
        self.assertEqual(found("=", False), stranger)
        groups = Partner._read_group(scope, ["vip_lifecycle"], ["__count"])
        self.assertEqual(dict(groups), {"active": 2, "potential": 1, False: 1})
        self.assertTrue(
            Partner.fields_get(["vip_lifecycle"])["vip_lifecycle"]["groupable"]
        )
        [badge] = Partner[0].client_360()["partner"]["badges"]
        self.assertEqual(
            [badge[name] for name in ("key", "text", "tone", "since")],
            ["lifecycle", "Active", "success", "2024-02-01"],
        )

    def test_merged_clients_have_the_history_of_all_figures(self):
        self.facts(self.one, [JANUARY])
        self.facts(self.two, [FEBRUARY, MARCH])
        months = last_months(date(2024, 6, 1), 6)
        self.judge(*months)
        self.company.vip_lifecycle_month = months[-1]
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.one + self.two).ids, self.one
        )
        expected = history_of({JANUARY, FEBRUARY, MARCH}, months[0], months[-1])
        self.assertEqual(self.history(self.one), expected)

    def test_any_figures_are_judged_as_counted_by_hand(self):
        rng = random.Random(19)
        months = last_months(date(2024, 12, 1), 24)
        for active, loyal in (3, 9), (1, 12), (6, 1), (2, 5):
            self.company.write({"vip_active_months": active, "vip_loyal_months": loyal})
            self.lifecycle.search([]).unlink()
            known = {}
            for i in range(12):
                client = self.client(f"P-{active}-{i}")
                density = rng.random()
                known[client] = {m for m in months if rng.random() < density}
                self.facts(client, known[client])
            self.judge(*months)
            for client, active_months in known.items():
                self.assertEqual(
                    self.history(client),
                    history_of(
                        *(active_months, months[0], months[-1]),
                        active=active,
                        loyal=loyal,
                    ),
                    (active, loyal, sorted(active_months)),
                )
