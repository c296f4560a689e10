from odoo.tests import tagged

from odoo.addons.sla_promise.tests.test_sla_breach_outage import BreachOutageCase


@tagged("post_install", "-at_install")
class TestChargeOutage(BreachOutageCase):
    """What an outage took from an overrun is not charged."""

    def test_the_net_overrun_is_what_is_charged(self):
        breach = self.late()
        self.outage(50, 80, 120)
        taken = self.env["score.entry"]._take_breaches(10)
        (row,) = (row for row in taken if row["id"] == breach.id)
        self.assertEqual(row["overrun_seconds"], 600)

    def test_it_is_charged_net_also_when_the_ticket_is_gone(self):
        breach = self.late()
        self.outage(50, 80, 120)
        breach.ticket_id.unlink()
        taken = self.env["score.entry"]._take_breaches(10)
        (row,) = (row for row in taken if row["id"] == breach.id)
        self.assertEqual((row["clock_id"], row["overrun_seconds"]), (None, 600))
