import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import SlaCase, minutes


@tagged("post_install", "-at_install")
class TestSlaExcuse(SlaCase):
    """Breaches: reasons, excuses with evidence, gross and net."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "vip_base.group_vip_manager"
        cls.other_boss = new_test_user(cls.env, "other.boss", groups=group)
        cls.auditor = new_test_user(
            cls.env, "auditor.excuse", groups="vip_base.group_vip_auditor"
        )
        cls.outage = cls.env.ref("sla_promise.reason_outage")
        cls.training = cls.env.ref("sla_promise.reason_training")

    def setUp(self):
        super().setUp()
        self.late = self.ticket()
        self.due(minutes(31))
        self.breach = self.breaches(self.late)

    def ask(self, user, breach=None, **vals):
        values = {
            "breach_id": (breach or self.breach).id,
            "reason_id": self.outage.id,
            "evidence": "Incident 4711 of the core system, 9:00 to 9:40",
            **vals,
        }
        return self.env["sla.excuse"].with_user(user).create(values)

    def test_holder_asks_and_a_manager_approves(self):
        excuse = self.ask(self.ann)
        self.assertTrue(self.breach.asked)
        excuse.with_user(self.boss).action_approve()
        self.assertEqual((excuse.state, excuse.decided_by_id), ("approved", self.boss))
        self.assertEqual(
            (self.breach.state, self.breach.reason_id, self.breach.decided_by_id),
            ("excused", self.outage, self.boss),
        )
        self.assertIn("4711", self.breach.reason)
        self.assertFalse(self.breach.asked)

    def test_nobody_approves_an_own_request(self):
        excuse = self.ask(self.boss)
        self.assertFalse(excuse.can_decide)
        with self.assertRaises(AccessError):
            excuse.action_approve()
        excuse.with_user(self.other_boss).action_approve()
        self.assertEqual(self.breach.state, "excused")

    def test_the_holder_never_approves(self):
        own = self.ticket(user_id=self.boss.id)
        self.due(minutes(31))
        excuse = self.ask(self.other_boss, self.breaches(own))
        with self.assertRaises(AccessError):
            excuse.with_user(self.boss).action_approve()
        with self.assertRaises(AccessError):
            self.breaches(own).with_user(self.boss).action_reinstate()

    def test_an_agent_does_not_decide(self):
        excuse = self.ask(self.ann)
        for user in (self.ann, self.bob, self.auditor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                excuse.with_user(user).action_approve()

    def test_a_rejection_needs_an_answer_and_changes_nothing(self):
        excuse = self.ask(self.ann).with_user(self.boss)
        with self.assertRaises(UserError):
            excuse.action_reject()
        excuse.answer = "The system was up again at 9:10"
        excuse.action_reject()
        self.assertEqual((excuse.state, self.breach.state), ("rejected", "open"))
        self.ask(self.ann, evidence="It was down again at 9:20")

    def test_who_asked_takes_it_back(self):
        excuse = self.ask(self.ann)
        with self.assertRaises(AccessError):
            excuse.with_user(self.boss).action_take_back()
        excuse.action_take_back()
        self.assertEqual(excuse.state, "cancelled")
        with self.assertRaises(UserError):
            excuse.with_user(self.boss).action_approve()

    def test_one_open_request_per_breach(self):
        self.ask(self.ann)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.ask(self.boss)

    def test_some_reasons_excuse_nobody(self):
        with self.assertRaises(ValidationError):
            self.ask(self.ann, reason_id=self.training.id)

    def test_only_open_breaches_and_only_what_one_may_see(self):
        hidden = self.ticket(user_id=self.bob.id, team_id=self.other_team.id)
        self.due(minutes(31))
        with self.assertRaises(AccessError):
            self.ask(self.ann, self.breaches(hidden))
        self.ask(self.ann).with_user(self.boss).action_approve()
        with self.assertRaises(UserError):
            self.ask(self.ann)

    def test_requests_are_not_forged_or_edited(self):
        with self.assertRaises(AccessError):
            self.ask(self.ann, requested_by_id=self.bob.id)
        with self.assertRaises(AccessError):
            self.ask(self.ann, state="approved")
        excuse = self.ask(self.ann)
        for user in (self.ann, self.boss):
            with self.subTest(user.login), self.assertRaises(AccessError):
                excuse.with_user(user).write({"evidence": "Something else"})

    def test_database_keeps_requests_and_decisions(self):
        excuse = self.ask(self.ann)
        excuse.with_user(self.boss).action_approve()
        self.env.flush_all()
        for query in (
            "UPDATE sla_excuse SET evidence = 'x' WHERE id = %s",
            "UPDATE sla_excuse SET state = 'rejected' WHERE id = %s",
            "UPDATE sla_excuse SET decided_by_id = 1 WHERE id = %s",
            "DELETE FROM sla_excuse WHERE id = %s",
            "UPDATE sla_breach SET reason = 'x' WHERE id = "
            "(SELECT breach_id FROM sla_excuse WHERE id = %s)",
            "UPDATE sla_breach SET reason_id = NULL WHERE id = "
            "(SELECT breach_id FROM sla_excuse WHERE id = %s)",
        ):
            with (
                self.subTest(query),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.RestrictViolation),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query, (excuse.id,))

    def test_evidence_attached_is_read_by_the_decider(self):
        file = self.env["ir.attachment"].with_user(self.ann)
        file = file.create({"name": "outage.txt", "raw": b"down", "res_id": 0})
        excuse = self.ask(self.ann, attachment_ids=[(6, 0, file.ids)])
        self.assertEqual((file.res_model, file.res_id), ("sla.excuse", excuse.id))
        self.assertEqual(file.with_user(self.boss).raw, b"down")

    def test_nobody_attaches_what_belongs_elsewhere(self):
        file = self.env["ir.attachment"].create(
            {
                "name": "secret.txt",
                "raw": b"x",
                "res_model": "helpdesk.ticket",
                "res_id": self.late.id,
            }
        )
        with self.assertRaises(AccessError):
            self.ask(self.ann, attachment_ids=[(6, 0, file.ids)])

    def test_manager_names_reason_and_root_cause(self):
        breach = self.breach.with_user(self.boss)
        breach.write({"reason_id": self.training.id, "root_cause_id": self.outage.id})
        self.ask(self.ann).with_user(self.boss).action_approve()
        with self.assertRaises(UserError):
            breach.reason_id = self.training
        breach.root_cause_id = self.training
        with self.assertRaises(AccessError):
            breach.reason = "By hand"

    def test_gross_and_net(self):
        self.due(minutes(61))
        breaches = self.breaches(self.late)

        def counts():
            [row] = self.env["sla.breach"]._read_group(
                [("id", "in", breaches.ids)], [], ["gross:sum", "net:sum"]
            )
            return row

        self.assertEqual(counts(), (2, 2))
        self.ask(self.ann).with_user(self.boss).action_approve()
        self.assertEqual(counts(), (2, 1))
        self.breach.with_user(self.boss).action_reinstate()
        self.assertEqual(counts(), (2, 2))
        self.move(self.late, minutes(50), self.solved)
        self.assertEqual(counts(), (2, 1), "withdrawn by late evidence")

    def test_withdrawal_closes_open_requests(self):
        self.due(minutes(61))
        breach = self.breaches(self.late).filtered(lambda b: b.metric == "resolution")
        excuse = self.ask(self.ann, breach)
        self.move(self.late, minutes(50), self.solved)
        self.assertEqual((breach.state, excuse.state), ("withdrawn", "cancelled"))
        self.assertTrue(excuse.answer)

    def lines(self, record):
        return self.env["vip.audit.log"].search(
            [("model", "=", record._name), ("res_id", "=", record.id)], order="id"
        )

    def test_every_decision_is_in_the_audit_log(self):
        excuse = self.ask(self.ann).with_user(self.boss)
        excuse.answer = "Seen in the log of the core system"
        excuse.action_approve()
        self.breach.with_user(self.other_boss).action_reinstate()
        line = self.lines(excuse)
        self.assertEqual((line.action, line.user_id), ("approved", self.boss.id))
        self.assertEqual(line.reason, excuse.answer)
        self.assertEqual(
            [
                (line.user_id, line.old_values, line.new_values)
                for line in self.lines(self.breach)
            ],
            [
                (self.boss.id, {"state": "open"}, {"state": "excused"}),
                (self.other_boss.id, {"state": "excused"}, {"state": "open"}),
            ],
        )
        self.assertIn("4711", self.lines(self.breach)[0].reason)

    def test_of_several_requests_those_are_decided_that_can_be(self):
        self.due(minutes(61))
        own = self.ask(self.boss)
        other = self.ask(self.ann, self.breaches(self.late) - self.breach)
        action = (own | other).with_user(self.boss).action_approve()
        self.assertEqual((own.state, other.state), ("requested", "approved"))
        self.assertIn(own.display_name, action["params"]["message"])
        self.assertIn("neither asked for it", action["params"]["message"])
        self.assertFalse(self.lines(own))

    def test_no_default_of_the_context_decides(self):
        asked = self.env["sla.excuse"].with_context(
            default_state="approved", default_requested_by_id=self.bob.id
        )
        excuse = asked.with_user(self.ann).create(
            {
                "breach_id": self.breach.id,
                "reason_id": self.outage.id,
                "evidence": "Incident 4711",
            }
        )
        self.assertEqual(
            (excuse.state, excuse.requested_by_id), ("requested", self.ann)
        )
