from psycopg2.errors import RestrictViolation

from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from .common import JANUARY, REVIEW_AT, VipCase


class TestAuditLog(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.users["manager"]
        cls.Log = cls.env["vip.audit.log"]

    def lines(self, record):
        return self.Log.search(
            [("model", "=", record._name), ("res_id", "in", record.ids)], order="id"
        )

    def test_threshold_edits_are_kept(self):
        admin = self.users["admin"]
        criterion = self.diamond.criterion_ids[0].with_user(admin)
        criterion.qualify = 2_000_000
        line = self.lines(criterion)[-1]
        self.assertEqual((line.action, line.user_name), ("changed", admin.name))
        self.assertEqual(line.user_id, admin.id)
        self.assertEqual(line.old_values["qualify"], 1_000_000)
        self.assertEqual(line.new_values["qualify"], 2_000_000)
        self.assertIn("2,000,000", line.new_text)
        self.assertEqual(line.model_name, "Tier Criterion")
        number = len(self.lines(criterion))
        criterion.qualify = 2_000_000
        self.assertEqual(len(self.lines(criterion)), number)

    def test_tiers_come_and_go_in_the_log(self):
        tier = self.diamond.copy({"rank": 9, "code": "star", "company_id": False})
        [line] = self.lines(tier)
        self.assertEqual((line.action, line.new_values["code"]), ("created", "star"))
        criteria = tier.criterion_ids
        self.assertEqual(set(self.lines(criteria).mapped("action")), {"created"})
        tier_id, criterion = tier.id, criteria[0]
        criterion.unlink()
        self.assertEqual(self.lines(criterion)[-1].action, "deleted")
        tier.unlink()
        gone = self.Log.search([("model", "=", "vip.tier"), ("res_id", "=", tier_id)])
        self.assertEqual(gone[0].action, "deleted")
        self.assertEqual(gone[0].old_values["rank"], 9)

    def test_settings_are_kept(self):
        self.company.vip_auto_approval = "all"
        line = self.lines(self.company)[-1]
        self.assertEqual(line.old_values, {"vip_auto_approval": "none"})
        self.assertEqual(line.new_values, {"vip_auto_approval": "all"})
        self.assertIn("Rises and falls", line.new_text)
        self.assertEqual(line.company_id, self.company)
        self.company.name = "Renamed"
        self.assertEqual(self.lines(self.company)[-1], line)

    def test_each_decision_of_many_leaves_a_line(self):
        changes = self.env["vip.tier.change"].browse()
        counts = []
        for size in 101, 201:
            batch = self.env["vip.tier.change"].browse()
            for number in range(size):
                batch += self.change(self.client(f"{size}-{number}"), self.platinum)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            batch.with_user(self.manager)._approve(at=REVIEW_AT, reason="All of them")
            counts.append(self.env.cr.sql_log_count - before)
            changes += batch
        self.assertLessEqual(counts[1], counts[0])
        lines = self.lines(changes)
        self.assertEqual(len(lines), 302)
        self.assertEqual(sorted(lines.mapped("res_id")), sorted(changes.ids))
        for line in lines[:1]:
            self.assertEqual(
                (line.at, line.user_id, line.action, line.reason),
                (REVIEW_AT, self.manager.id, "approved", "All of them"),
            )
            self.assertEqual(
                line.old_values, {"state": "proposed", "from_tier_id": "silver"}
            )
            self.assertEqual(line.new_values["to_tier_id"], "platinum")
            self.assertEqual(line.new_values["effective_date"], "2024-02-01")
            decided = changes.browse(line.res_id)
            self.assertEqual(line.record_name, decided.partner_id.complete_name)

    def test_rejections_and_overrides_are_kept(self):
        change = self.change(self.client("X"), self.platinum)
        change.with_user(self.manager)._reject("One good month only", at=REVIEW_AT)
        line = self.lines(change)
        self.assertEqual(
            (line.action, line.reason), ("rejected", "One good month only")
        )
        override = self.change(
            self.client("Y"),
            self.platinum,
            override_until="2024-06-01",
            reason="A guest",
        )
        override.with_user(self.manager)._approve(at=REVIEW_AT)
        line = self.lines(override)
        self.assertEqual(line.new_values["override_until"], "2024-06-01")
        self.assertEqual(line.reason, "A guest")

    def test_each_proposal_that_a_review_replaces_leaves_a_line(self):
        adviser = self.users["adviser"]
        clients = [self.client(name, adviser_id=adviser.id) for name in "XYZ"]
        by_person = [self._proposed_by(adviser, client) for client in clients[:2]]
        by_rules = self.change(clients[2], self.platinum)
        guest = self.change(
            self.client("G"), self.platinum, override_until="2024-06-01", reason="Guest"
        )
        self.fact(clients[0], JANUARY, deposit=1)
        self.review()
        for change in *by_person, by_rules:
            line = self.lines(change)
            self.assertEqual(
                (line.action, line.at, line.user_id, line.old_values["state"]),
                ("expired", REVIEW_AT, self.env.uid, "proposed"),
            )
            self.assertEqual(line.new_values["state"], "expired")
            self.assertEqual(line.record_name, change.partner_id.complete_name)
        self.assertFalse(self.lines(guest))

    def _proposed_by(self, user, client):
        change = self.env["vip.tier.change"].with_user(user)
        return change.create(
            {
                "company_id": self.company.id,
                "partner_id": client.id,
                "to_tier_id": self.platinum.id,
                "reason": "A good client",
            }
        ).sudo()

    def test_imports_are_kept(self):
        self.client("C1")
        record = self.import_csv("client_ref,month,deposit\nC1,2024-01,100\n")
        line = self.lines(record)[-1]
        self.assertEqual(line.new_values["state"], "done")
        self.assertEqual(line.new_values["accepted_count"], 1)

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_to_change_the_log(self):
        self.diamond.rank = 7
        line = self.lines(self.diamond)[-1]
        for statement in (
            f"UPDATE vip_audit_log SET reason = 'x' WHERE id = {line.id}",
            f"DELETE FROM vip_audit_log WHERE id = {line.id}",
            "TRUNCATE vip_audit_log",
        ):
            with (
                self.subTest(statement),
                self.assertRaises(RestrictViolation),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement)

    def test_nobody_writes_lines_by_hand(self):
        line = self.lines(self.diamond)[-1]
        for role in "admin", "manager", "auditor":
            mine = line.with_user(self.users[role])
            with self.assertRaises(AccessError):
                mine.write({"reason": "x"})
            with self.assertRaises(AccessError):
                mine.unlink()
            with self.assertRaises(AccessError):
                mine.create({"at": REVIEW_AT, "model": "x", "res_id": 1})
            self.assertTrue(mine.read(["new_text", "model_name"])[0]["new_text"])
