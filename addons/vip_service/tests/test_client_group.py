from datetime import date, datetime, timedelta

from psycopg2.errors import CheckViolation, ExclusionViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from odoo.addons.vip_base.tools.times import at_context

from .common import FEBRUARY, JANUARY, MARCH, REVIEW_AT, VipCase

DECEMBER = date(2023, 12, 1)
GIVEN = datetime(2023, 12, 1, 9)


class GroupCase(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.users["manager"]
        cls.ann, cls.bob = cls.client("ANN"), cls.client("BOB")
        cls.group = cls.env["vip.client.group"].create({"name": "Family Wang"})

    @classmethod
    def consent(cls, client, since=DECEMBER, until=False, group=None, at=GIVEN):
        """Record, at ``at``, that ``client`` consented on the day it holds from."""
        Member = cls.env["vip.client.group.member"].with_user(cls.manager).sudo()
        return Member.with_context(**at_context(at)).create(
            {
                "group_id": (group or cls.group).id,
                "partner_id": client.id,
                "consented_by": client.name,
                "consented_on": since,
                "date_from": since,
                "date_until": until,
                "evidence": "Letter",
            }
        )

    def proposals(self, review):
        return {
            change.partner_id.client_number: change.to_tier_id.code
            for change in review.change_ids
        }


class TestConsent(GroupCase):
    def test_a_manager_records_a_consent_with_its_evidence(self):
        Group = self.env["vip.client.group"].with_user(self.manager)
        with Form(Group.with_context(**at_context(REVIEW_AT))) as form:
            form.name = "Branches"
            with form.member_ids.new() as member:
                member.partner_id = self.ann
                member.consented_by = "Ann Wang"
                member.evidence = "Form 7, archive B"
        member = form.record.member_ids
        self.assertEqual(member.recorded_by_id, self.manager)
        self.assertEqual(member.recorded_at, REVIEW_AT)
        self.assertEqual(member.date_from, date(2024, 2, 1))
        self.assertFalse(member.date_to)

    def test_a_consent_is_not_edited(self):
        member = self.consent(self.ann).with_user(self.manager)
        for name, value in (
            ("date_from", MARCH),
            ("partner_id", self.bob.id),
            ("date_to", MARCH),
            ("evidence", "other"),
            ("recorded_at", REVIEW_AT),
        ):
            with self.assertRaises(UserError):
                member.write({name: value})
        member.attachment_name = "letter.pdf"

    def test_nobody_says_when_a_consent_was_recorded(self):
        Member = self.env["vip.client.group.member"].with_user(self.manager)
        values = {
            "group_id": self.group.id,
            "partner_id": self.ann.id,
            "consented_by": "Ann",
            "evidence": "Letter",
        }
        with self.assertRaises(UserError):
            Member.create({**values, "recorded_at": GIVEN})
        Member = Member.with_context(default_recorded_at="2020-01-01 00:00:00")
        self.assertGreater(Member.create(values).recorded_at.year, 2023)

    def test_a_client_is_in_one_group_at_a_time(self):
        other = self.env["vip.client.group"].create({"name": "Other"})
        self.consent(self.ann, until=MARCH)
        self.consent(self.ann, since=MARCH, group=other, at=datetime(2024, 3, 1, 9))
        with mute_logger("odoo.sql_db"), self.assertRaises(ExclusionViolation):
            self.consent(self.ann, since=FEBRUARY, group=other, at=REVIEW_AT)

    def test_in_another_company_it_may_be_in_another_group(self):
        company = self.env["res.company"].create({"name": "Other"})
        other = self.env["vip.client.group"].create(
            {"name": "Other", "company_id": company.id}
        )
        self.consent(self.ann)
        self.assertTrue(self.consent(self.ann, group=other))

    def test_no_consent_holds_for_the_time_before_it(self):
        member = self.consent(self.ann, at=REVIEW_AT)
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            member.consented_on = date(2024, 1, 20)
            member.flush_recordset()

    def test_no_consent_is_recorded_before_it_was_given(self):
        with self.assertRaises(ValidationError):
            self.consent(self.ann, since=MARCH, at=GIVEN)

    def test_only_clients_of_the_company_are_members(self):
        with self.assertRaises(ValidationError):
            self.consent(self.env["res.partner"].create({"name": "Nobody"}))
        self.bob.company_id = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(ValidationError):
            self.consent(self.bob)

    def test_the_end_needs_a_reason_and_says_who(self):
        member = self.consent(self.ann).with_user(self.manager)
        action = member.action_end()
        wizard = self.env["vip.client.group.end"].with_user(self.manager)
        wizard = wizard.with_context(**action["context"])
        wizard = wizard.create({"date_to": MARCH, "reason": "Withdrawn by letter"})
        wizard.action_end()
        self.assertEqual(
            (member.date_to, member.ended_by_id, member.end_reason),
            (MARCH, self.manager, "Withdrawn by letter"),
        )
        with self.assertRaises(UserError):
            self.consent(self.bob)._end(MARCH, " ")

    def test_an_ended_consent_is_not_prolonged(self):
        member = self.consent(self.ann, until=FEBRUARY)
        with self.assertRaises(UserError):
            member._end(MARCH, "Later")

    def test_joining_and_leaving_are_in_the_log(self):
        member = self.consent(self.ann)
        member.with_user(self.manager)._end(MARCH, "Withdrawn")
        lines = self.env["vip.audit.log"].search(
            [("model", "=", member._name), ("res_id", "=", member.id)], order="id"
        )
        self.assertEqual(lines.mapped("action"), ["created", "changed"])
        self.assertEqual(lines[0].new_values["evidence"], "Letter")
        self.assertEqual(lines[1].new_values["end_reason"], "Withdrawn")
        self.assertEqual(lines[1].user_name, self.manager.name)

    def test_a_consent_that_a_review_used_is_kept(self):
        member = self.consent(self.ann)
        unused = self.consent(self.bob, since=MARCH, at=datetime(2024, 3, 2))
        self.fact(self.ann, JANUARY, 1, 1)
        self.review()
        with self.assertRaises(UserError):
            member.unlink()
        unused.unlink()

    def test_an_adviser_may_not_record_or_end(self):
        self.ann.adviser_id = self.users["adviser"]
        member = self.consent(self.ann).with_user(self.users["adviser"])
        with self.assertRaises(AccessError):
            member._end(MARCH, "No")

    def test_archiving_the_client_ends_its_consent(self):
        member = self.consent(self.ann)
        self.ann.with_context(**at_context(REVIEW_AT)).active = False
        self.assertEqual(member.date_to, date(2024, 2, 1))
        self.assertTrue(member.end_reason)

    def test_archiving_the_group_ends_all_consents(self):
        members = self.consent(self.ann) | self.consent(self.bob, until=JANUARY)
        self.group.with_context(**at_context(REVIEW_AT)).active = False
        self.assertEqual(members.mapped("date_to"), [date(2024, 2, 1), JANUARY])

    def test_a_client_with_a_consent_does_not_become_a_contact(self):
        self.consent(self.ann)
        with self.assertRaises(ValidationError):
            self.ann.client_type = False


class TestGroupMerge(GroupCase):
    def merge(self, source, client):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard.with_user(self.manager).sudo()._merge(
            (source | client).ids, dst_partner=client
        )

    def periods(self, client):
        members = self.env["vip.client.group.member"].search(
            [("partner_id", "=", client.id)], order="date_from"
        )
        return [(m.date_from, m.date_to or None) for m in members]

    def test_a_consent_moves_along(self):
        self.consent(self.bob)
        self.merge(self.bob, self.ann)
        self.assertEqual(self.periods(self.ann), [(DECEMBER, None)])

    def test_the_remaining_clients_own_consent_counts(self):
        self.consent(self.ann, since=JANUARY, until=MARCH, at=datetime(2024, 1, 1, 3))
        self.consent(self.bob)
        self.merge(self.bob, self.ann)
        self.assertEqual(
            self.periods(self.ann),
            [(DECEMBER, JANUARY), (JANUARY, MARCH), (MARCH, None)],
        )

    def test_a_consent_for_the_same_days_goes_and_the_log_keeps_it(self):
        self.consent(self.ann)
        member = self.consent(self.bob)
        self.merge(self.bob, self.ann)
        self.assertEqual(self.periods(self.ann), [(DECEMBER, None)])
        line = self.env["vip.audit.log"].search(
            [
                ("model", "=", "vip.client.group.member"),
                ("res_id", "=", member.id),
                ("action", "=", "deleted"),
            ]
        )
        self.assertEqual(line.old_values["consented_by"], "Client BOB")


class TestRollUp(GroupCase):
    """Ann and Bob each have less than Platinum asks, and more together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fact(cls.ann, JANUARY, deposit=300_000, volume=120)
        cls.fact(cls.bob, JANUARY, deposit=250_000, volume=80)

    def test_without_consent_each_is_judged_alone(self):
        self.consent(self.ann)
        self.assertEqual(self.proposals(self.review()), {})

    def test_every_consenting_member_is_judged_on_the_sum(self):
        self.consent(self.ann)
        self.consent(self.bob)
        review = self.review()
        self.assertEqual(self.proposals(review), {"ANN": "platinum", "BOB": "platinum"})
        for change in review.change_ids:
            values = [row["value"] for row in change.evidence["criteria"]]
            self.assertEqual(values, [550_000, 200, 550_000, 200])

    def test_the_evidence_names_the_group_and_its_members(self):
        self.consent(self.ann)
        self.consent(self.bob)
        change = self.review().change_ids[0]
        group = change.evidence["group"]
        self.assertEqual(
            [(m["id"], m["since"]) for m in group["members"]],
            [(self.ann.id, "2023-12-01"), (self.bob.id, "2023-12-01")],
        )
        self.assertIn("Family Wang", change.evidence_html)
        self.assertIn("Client BOB", change.evidence_html)
        self.assertNotRegex(str(change.evidence), "Wang|Client|ANN|BOB")

    def test_the_names_in_the_evidence_are_those_of_today(self):
        self.consent(self.ann)
        self.consent(self.bob)
        change = self.review().change_ids[0]
        self.bob.name = "Erased"
        change.invalidate_recordset(["evidence_html"])
        self.assertIn("Erased", change.evidence_html)
        self.assertNotIn("Client BOB", change.evidence_html)

    def test_who_is_judged_alone_has_no_group_in_the_evidence(self):
        self.consent(self.ann)
        self.consent(self.bob)
        solo = self.client("SOLO")
        self.fact(solo, JANUARY, 600_000, 300)
        changes = self.review().change_ids
        change = changes.filtered(lambda c: c.partner_id == solo)
        self.assertNotIn("group", change.evidence)

    def test_a_consent_counts_for_months_that_lie_wholly_in_it(self):
        self.consent(self.ann)
        second = date(2024, 1, 2)
        self.consent(self.bob, since=second, at=datetime(2024, 1, 2, 9))
        self.assertEqual(self.proposals(self.review()), {})

    def test_a_consent_that_ended_within_the_month_does_not_count(self):
        self.consent(self.ann)
        self.consent(self.bob, until=date(2024, 1, 31))
        self.assertEqual(self.proposals(self.review()), {})

    def test_a_consent_to_the_end_of_the_month_counts(self):
        self.consent(self.ann)
        self.consent(self.bob, until=FEBRUARY)
        self.assertEqual(self.review().promotion_count, 2)

    def test_after_its_end_a_member_is_judged_alone(self):
        self.consent(self.ann)
        member = self.consent(self.bob)
        self.review().change_ids.with_user(self.manager)._approve(at=REVIEW_AT)
        member._end(date(2024, 2, 10), "Withdrawn", at=datetime(2024, 2, 10))
        self.fact(self.ann, FEBRUARY, deposit=300_000, volume=120)
        self.fact(self.bob, FEBRUARY, deposit=250_000, volume=80)
        review = self.review(FEBRUARY, at=datetime(2024, 3, 1, 3))
        self.assertEqual(self.proposals(review), {"ANN": "silver", "BOB": "silver"})

    def test_of_a_longer_window_only_consented_months_are_shared(self):
        """Bob's December is his own: he consented in January."""
        for criterion in self.platinum.criterion_ids:
            criterion.window_months = 2
            criterion.qualify = 700_000 if criterion.metric_id == self.deposit else 200
        self.fact(self.ann, DECEMBER, deposit=1_000, volume=1)
        self.fact(self.bob, DECEMBER, deposit=149_000, volume=1)
        self.consent(self.ann)
        self.consent(self.bob, since=JANUARY, at=datetime(2024, 1, 1, 3))
        trial = self.env["vip.tier.review"].create({"month": JANUARY, "trial": True})
        self.platinum.criterion_ids[0].qualify = 551_000
        trial._run(at=REVIEW_AT)
        figures = {v.partner_id.client_number: v.figures[:2] for v in trial.verdict_ids}
        # Ann: 1,000 + 550,000; Bob: his own 149,000 + 550,000.
        self.assertEqual(figures, {"ANN": [551_000, 201], "BOB": [699_000, 201]})

    def test_a_member_without_figures_is_judged_too(self):
        kid = self.client("KID")
        for client in self.ann, self.bob, kid:
            self.consent(client)
        self.assertEqual(self.proposals(self.review())["KID"], "platinum")

    def test_the_lowest_month_is_that_of_the_group(self):
        for criterion in self.platinum.criterion_ids:
            criterion.write({"window_months": 2, "aggregate": "min"})
        self.fact(self.ann, DECEMBER, deposit=600_000, volume=300)
        self.consent(self.ann)
        self.consent(self.bob)
        self.assertEqual(self.review().promotion_count, 2)

    def test_another_company_is_not_touched(self):
        company = self.env["res.company"].create({"name": "Other"})
        company.resource_calendar_id.tz = "UTC"
        self.consent(self.ann)
        self.consent(self.bob)
        for client in self.ann, self.bob:
            self.fact(client, JANUARY, 300_000, 120, company=company)
        review = self.review(company=company)
        self.assertFalse(review.change_ids)

    def test_a_trial_as_known_then_judges_by_the_consents_of_then(self):
        self.consent(self.ann)
        late = datetime(2024, 3, 5)
        member = self.consent(self.bob, at=late)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE vip_activity SET recorded_at = '2024-01-31'"
            " WHERE partner_id = ANY(%s)",
            [(self.ann | self.bob).ids],
        )

        def trial(facts):
            review = self.env["vip.tier.review"].create(
                {"month": JANUARY, "trial": True, "facts": facts}
            )
            review._run(at=late)
            return review.promotion_count

        self.assertEqual((trial("now"), trial("then")), (2, 0))
        member.sudo().recorded_at = GIVEN
        member._end(FEBRUARY - timedelta(days=9), "Withdrawn", at=late)
        self.assertEqual((trial("now"), trial("then")), (0, 2))

    def test_the_outlook_sees_the_group(self):
        self.consent(self.ann)
        self.consent(self.bob)
        self.env.flush_all()
        outlook = self.env["vip.tier.outlook"].with_context(**at_context(REVIEW_AT))
        rows = outlook.search([("partner_id", "in", (self.ann | self.bob).ids)])
        self.assertEqual(rows.mapped("percent"), [100, 100])

    def test_the_back_test_sees_the_group(self):
        self.consent(self.ann)
        self.consent(self.bob)
        backtest = self.env["vip.tier.backtest"].create(
            {"month_from": JANUARY, "months": 1}
        )
        backtest._run()
        self.assertEqual(backtest.mover_count, 2)

    def test_the_road_of_the_page_says_whose_figures_count(self):
        self.consent(self.ann)
        self.consent(self.bob)
        ann = self.ann.with_user(self.manager).with_context(**at_context(REVIEW_AT))
        page = {s["key"]: s["data"] for s in ann.client_360()["sections"]}
        road = page["road"]
        self.assertEqual(road["group"], {"name": "Family Wang", "count": 2})
        self.assertEqual(road["next"]["criteria"][0]["value"], 550_000)
