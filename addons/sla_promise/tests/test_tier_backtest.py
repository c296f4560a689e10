from datetime import date, datetime

from odoo.tests import tagged

from .common import SlaCase

#: An opening in the month after the one that is judged.
OPENED = datetime(2024, 3, 4, 9, 0)


@tagged("post_install", "-at_install")
class TestTierBacktest(SlaCase):
    """Which tickets a draft of the thresholds would have promised something else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["vip.activity"].create(
            {
                "partner_id": cls.client.id,
                "metric_id": cls.env.ref("vip_service.metric_deposit").id,
                "month": date(2024, 2, 1),
                "value": 1000,
            }
        )
        Ticket = cls.env["helpdesk.ticket"]._at(OPENED)
        cls.plain, cls.urgent = (
            Ticket.create(
                {
                    "name": "Request",
                    "description": "Help",
                    "partner_id": cls.client.id,
                    "team_id": cls.team.id,
                    "category_id": category.id,
                }
            )
            for category in (cls.item, cls.urgent_item)
        )

    def backtest(self):
        """Return a run by which the client would have been in the second tier."""
        Backtest = self.env["vip.tier.backtest"].with_user(self.boss)
        backtest = Backtest.create({"month_from": date(2024, 2, 1), "months": 1})
        second = backtest.tier_line_ids.filtered(lambda line: line.rank == 2)
        criteria = backtest.criterion_ids.filtered(
            lambda c: c.tier_id == second.tier_id
        )
        deposit = self.env.ref("vip_service.metric_deposit")
        criteria.filtered(lambda c: c.metric_id == deposit).qualify = 1000
        criteria.filtered(lambda c: c.metric_id != deposit).unlink()
        backtest.action_run()
        return backtest

    def summary(self, backtest):
        rows = backtest.backtest_result()["tickets"]
        return {row["key"]: row["value"] for row in rows}

    def test_tickets_with_a_promise_to_key_clients(self):
        self.make_policy(
            "Key",
            client_scope="key",
            category_ids=[(6, 0, self.urgent_item.ids)],
            resolution=15,
        )
        backtest = self.backtest()
        self.assertEqual(self.summary(backtest), {"opened": 2, "tier": 2, "promise": 1})
        rows = {row.ticket_id: row for row in backtest.ticket_ids}
        self.assertFalse(rows[self.plain].promise_changed)
        self.assertFalse(rows[self.plain].promise_real)
        changed = rows[self.urgent]
        self.assertTrue(changed.promise_changed)
        self.assertIn("60", changed.promise_real)
        self.assertIn("15", changed.promise_draft)
        self.assertNotIn("30", changed.promise_real)

    def test_the_same_promise_by_another_policy_is_none(self):
        self.make_policy("Key", client_scope="key", resolution=60)
        self.assertEqual(
            self.summary(self.backtest()), {"opened": 2, "tier": 2, "promise": 0}
        )

    def test_clocks_stay_as_they_are(self):
        self.make_policy("Key", client_scope="key", resolution=15)
        tickets = self.plain + self.urgent
        before = tickets.clock_ids.read()
        self.backtest()
        tickets.clock_ids.invalidate_recordset()
        self.assertEqual(tickets.clock_ids.read(), before)
