from datetime import datetime

from odoo.addons.vip_base.tools.times import at_context

from ..models import vip_tier_review_warning as job
from .common import JANUARY, VipCase
from .test_tier_falls import BEFORE, review_at


class TestWarnClients(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.platinum.grace_reviews = 1
        cls.low = cls.client("LOW", email="low@example.com", lang="en_US")
        cls.promote(cls.low, cls.platinum, at=BEFORE)
        cls.at = review_at(JANUARY)

    def warn(self, at=None):
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.env.registry.cursor() as cr:
            reviews = self.env(cr=cr, su=True)["vip.tier.review"]
            reviews.with_context(**at_context(at or self.at))._cron_warn()
        self.env.invalidate_all()

    def mails(self):
        return self.env["mail.mail"].search(
            [
                ("model", "=", "vip.tier.verdict"),
                ("recipient_ids", "in", self.low.ids),
            ]
        )

    def test_nobody_is_written_to_by_default(self):
        self.review()
        self.warn()
        self.assertFalse(self.mails())

    def test_a_client_in_grace_is_written_to_once(self):
        self.company.vip_warn_clients = True
        review = self.review()
        self.warn()
        self.warn()
        self.assertEqual(len(self.mails()), 1)
        self.assertEqual(self.mails().state, "outgoing")
        self.assertIn("Platinum", self.mails().subject)
        self.assertIn("January 2024", self.mails().body_html)
        self.assertTrue(review.clients_warned_at)

    def test_in_the_clients_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("vip_service.mail_template_grace")
        template.with_context(lang="fr_FR").subject = "Votre niveau"
        self.low.lang = "fr_FR"
        self.company.vip_warn_clients = True
        self.review()
        self.warn()
        self.assertEqual(self.mails().subject, "Votre niveau")

    def test_not_before_the_adviser(self):
        self.company.vip_warn_clients = True
        review = self.review()
        self.env["vip.tier.review"]._warn_all_clients(self.at)
        self.assertFalse(review.warned_at or self.mails())

    def test_who_has_no_address_keeps_nobody_waiting(self):
        self.company.vip_warn_clients = True
        first = self.client("NONE")
        self.promote(first, self.platinum, at=BEFORE)
        self.review()
        self.warn()
        self.assertEqual(len(self.mails()), 1)

    def test_history_warns_nobody(self):
        self.company.vip_warn_clients = True
        self.review()
        self.warn(at=datetime(2024, 3, 1, 3))
        self.assertFalse(self.mails())

    def test_many_are_written_to_in_batches(self):
        self.company.vip_warn_clients = True
        more = [self.client(f"M{n}", email=f"m{n}@example.com") for n in range(3)]
        for client in more:
            self.promote(client, self.platinum, at=BEFORE)
        review = self.review()
        self.patch(job, "BATCH", 2)
        review._warn_advisers(self.at)
        self.assertTrue(review._warn_clients())
        self.assertEqual(
            self.env["mail.mail"].search_count([("model", "=", "vip.tier.verdict")]), 2
        )
        self.assertTrue(review._warn_clients())
        self.assertFalse(review._warn_clients())
        self.assertEqual(
            self.env["mail.mail"].search_count([("model", "=", "vip.tier.verdict")]), 4
        )
