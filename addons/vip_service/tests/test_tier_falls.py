from datetime import date, datetime

from odoo.exceptions import UserError

from ..models import vip_tier_review_warning_client as job
from ..tools.event_time import at_context
from ..tools.months import add_months
from .common import JANUARY, VipCase

BEFORE = datetime(2023, 12, 10)


def review_at(month):
    """Return the morning of the first day of the month after ``month``."""
    after = add_months(month, 1)
    return datetime(after.year, after.month, 1, 3)


class TestFallsByPeriod(VipCase):
    """Rises every month, falls only where a period of the year closes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.vip_falls_every = "3"
        cls.low = cls.client("LOW")
        cls.promote(cls.low, cls.platinum, at=BEFORE)

    def months(self, count, start=JANUARY):
        """Review ``count`` months; return what became of LOW in each."""
        found = []
        for place in range(count):
            month = add_months(start, place)
            review = self.review(month, at=review_at(month))
            verdict = review.verdict_ids.filtered(lambda v: v.partner_id == self.low)
            found.append((verdict.outcome, verdict.streak))
        return found

    def test_a_fall_waits_for_the_end_of_the_quarter(self):
        self.assertEqual(
            self.months(3), [("grace", 1), ("grace", 2), ("demotion", 3)]
        )

    def test_every_month_by_default(self):
        self.company.vip_falls_every = "1"
        self.assertEqual(self.months(1), [("demotion", 1)])

    def test_half_years_and_years(self):
        for every, month in (("6", date(2024, 5, 1)), ("12", date(2024, 11, 1))):
            self.company.vip_falls_every = every
            with self.subTest(every=every):
                self.assertEqual(
                    self.months(2, start=month),
                    # What was proposed in June was not decided: it is counted on.
                    [("grace", 1), ("demotion", 2)]
                    if every == "6"
                    else [("grace", 3), ("demotion", 4)],
                )

    def test_who_recovers_before_does_not_fall(self):
        self.fact(self.low, date(2024, 3, 1), 600_000, 300)
        self.assertEqual(self.months(3)[2], (False, 0))

    def test_grace_that_ends_within_a_quarter_waits_for_its_end(self):
        self.platinum.grace_reviews = 3
        self.assertEqual(
            [outcome for outcome, _n in self.months(6)],
            ["grace"] * 5 + ["demotion"],
        )

    def test_a_rise_waits_for_nothing(self):
        new = self.client("NEW")
        self.fact(new, JANUARY, 600_000, 300)
        review = self.review()
        self.assertEqual(review.change_ids.partner_id, new)

    def test_a_back_test_respects_it(self):
        backtest = self.env["vip.tier.backtest"].create(
            {"month_from": JANUARY, "months": 4}
        )
        backtest._run()
        self.assertEqual(backtest.line_ids.mapped("month"), [date(2024, 3, 1)])
        self.company.vip_falls_every = "1"
        backtest._run()
        self.assertEqual(backtest.line_ids.mapped("month"), [JANUARY])

    def test_the_outlook_counts_the_reviews_that_are_left(self):
        self.fact(self.low, JANUARY, 1, 1)
        self.review()

        def left():
            at = at_context(review_at(JANUARY))
            self.env.flush_all()
            outlook = self.env["vip.tier.outlook"].with_context(**at)
            outlook.invalidate_model()
            row = outlook.search([("partner_id", "=", self.low.id)])
            page = self.low.with_user(self.users["manager"]).with_context(**at)
            page.invalidate_recordset()
            sections = {s["key"]: s["data"] for s in page.client_360()["sections"]}
            self.assertEqual(
                row.grace_left, sections["road"]["retain"]["grace_left"]
            )
            return row.at_risk, row.shortfalls, row.grace_left

        # February may find less, March proposes the fall.
        self.assertEqual(left(), (True, 1, 1))
        self.platinum.grace_reviews = 4
        # 4 of grace, 1 used: February to April; May waits for June.
        self.assertEqual(left(), (True, 1, 4))
        self.company.vip_falls_every = "1"
        self.assertEqual(left(), (True, 1, 3))

    def test_the_rules_of_a_review_keep_it(self):
        review = self.review()
        self.assertEqual(review.rules["falls_every"], 3)

    def test_the_setting_is_kept_in_the_log(self):
        self.company.vip_falls_every = "12"
        line = self.env["vip.audit.log"].search(
            [("model", "=", "res.company"), ("res_id", "=", self.company.id)], limit=1
        )
        self.assertEqual(line.new_values, {"vip_falls_every": "12"})


class TestEndOverride(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.users["manager"]
        cls.vip = cls.client("VIP", adviser_id=cls.users["adviser"].id)
        cls.override = cls.promote_override(cls.vip, date(2024, 6, 1))
        cls.at = datetime(2024, 2, 10, 9)

    @classmethod
    def promote_override(cls, client, until):
        change = cls.change(
            client, cls.diamond, override_until=until, reason="Founder"
        )
        change.with_user(cls.manager)._approve(at=datetime(2024, 1, 5, 9))
        return change

    def wizard(self, reason, user=None):
        changes = self.override.with_user(user or self.manager)
        action = changes.action_end_override()
        wizard = self.env["vip.tier.change.decision"].with_user(user or self.manager)
        context = {**action["context"], **at_context(self.at)}
        return wizard.with_context(**context).create({"reason": reason})

    def test_a_manager_ends_it_with_a_reason(self):
        self.wizard("Sold the firm").action_end_override()
        self.assertEqual(self.override.override_end, date(2024, 2, 10))
        self.assertEqual(self.override.override_until, date(2024, 6, 1))
        self.assertEqual(self.override.override_end_reason, "Sold the firm")
        line = self.env["vip.audit.log"].search(
            [("res_id", "=", self.override.id), ("action", "=", "ended")]
        )
        self.assertEqual(line.user_name, self.manager.name)
        self.assertEqual((line.reason, line.at), ("Sold the firm", self.at))
        self.assertEqual(line.new_values["override_end"], "2024-02-10")

    def test_without_a_reason_it_goes_on(self):
        with self.assertRaises(UserError):
            self.wizard(" ").action_end_override()

    def test_it_is_ended_once(self):
        self.wizard("Sold").action_end_override()
        with self.assertRaises(UserError):
            self.wizard("Again").action_end_override()

    def test_the_tier_stays_until_the_next_review(self):
        self.wizard("Sold").action_end_override()
        day = date(2024, 2, 11)
        tiers = self.vip._tier_at(day, self.company)
        self.assertEqual(tiers[self.vip.id], self.diamond)
        review = self.review(date(2024, 2, 1), at=datetime(2024, 3, 1, 3))
        self.assertEqual(review.change_ids.partner_id, self.vip)

    def test_while_it_runs_no_review_proposes(self):
        review = self.review(date(2024, 2, 1), at=datetime(2024, 3, 1, 3))
        self.assertFalse(review.change_ids)

    def header(self, role):
        client = self.vip.with_user(self.users[role])
        return client.with_context(**at_context(self.at)).client_360()["partner"]

    def test_the_page_says_until_when_and_why(self):
        known = {"until": "2024-06-01", "reason": "Founder"}
        for role in "adviser", "manager", "auditor":
            self.assertEqual(self.header(role)["override"], known, role)
        self.assertEqual(
            self.header("agent")["override"], {"until": "2024-06-01", "reason": False}
        )
        self.wizard("Sold").action_end_override()
        self.assertFalse(self.header("manager")["override"])

    def test_clients_are_found_by_it(self):
        other = self.client("OTHER")
        Partner = self.env["res.partner"].with_context(**at_context(self.at))
        both = [("id", "in", (self.vip | other).ids)]
        found = Partner.search([*both, ("vip_override_until", "!=", False)])
        self.assertEqual(found, self.vip)
        found = Partner.search([*both, ("vip_override_until", "=", False)])
        self.assertEqual(found, other)
        found = Partner.search([*both, ("vip_override_until", "<", date(2024, 7, 1))])
        self.assertEqual(found, self.vip)


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
            job = self.env(cr=cr, su=True)["vip.tier.review"]
            job.with_context(**at_context(at or self.at))._cron_warn()
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
        self.warn(at=datetime(2024, 3, 1))
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
