from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import SlaCase, minutes

#: When the draft is tried: a week after the tickets.
LATER = minutes(7 * 24 * 60)


@tagged("post_install", "-at_install")
class TestPolicyDraft(SlaCase):
    """Managers draft policies and try them; an administrator puts them in force."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "draft.admin", groups="vip_base.group_vip_admin"
        )
        cls.mine = cls.policy.with_user(cls.boss)

    def draft(self, at=LATER):
        wizard = (
            self.mine.env["sla.policy.new.version"]
            .with_context(**at_context(at), **self.mine.action_new_version()["context"])
            .create({})
        )
        return self.mine.browse(wizard.action_make()["res_id"])

    def test_a_manager_drafts_a_version_and_an_administrator_puts_it_in_force(self):
        draft = self.draft()
        self.assertTrue(draft.is_draft and draft.may_edit)
        draft.name = "Quicker"
        draft.target_ids.filtered(lambda t: t.metric == "resolution").duration = 20
        with self.assertRaises(AccessError):
            draft.action_put_in_force()
        self.assertTrue(draft.is_draft)
        draft.with_user(self.admin).action_put_in_force()
        self.assertEqual(draft.state, "in_force")

    def test_what_is_in_force_is_not_a_managers(self):
        target = self.mine.target_ids[0]
        self.assertFalse(self.mine.may_edit)
        self.assertTrue(self.mine.is_locked)
        for change in (
            lambda: self.mine.write({"name": "Mine"}),
            lambda: self.mine.write({"active": False}),
            lambda: self.mine.write({"correction_reason": "x", "client_type": "end"}),
            lambda: target.write({"duration": 1}),
            lambda: target.copy({"metric": "handling"}),
            lambda: target.unlink(),
            lambda: self.mine.unlink(),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_a_manager_changes_nothing_of_the_life_of_a_draft(self):
        draft = self.draft()
        for values in {"is_draft": False}, {"previous_id": False}, {"version": 9}:
            with self.assertRaises(AccessError):
                draft.write(values)
        made = self.env["sla.policy"].with_user(self.boss)
        made = made.create({"name": "New", "is_draft": False})
        self.assertTrue(made.is_draft, "whatever is asked for")
        draft.unlink()

    def test_a_draft_says_that_it_was_not_tried_then_what_was_found(self):
        self.ticket()
        self.due(minutes(61))
        draft = self.draft().with_context(**at_context(LATER))
        [part] = draft.trial
        self.assertIn("Not tried yet", part["empty"])
        draft.target_ids.filtered(lambda t: t.metric == "resolution").duration = 20000
        action = draft.action_try()
        whatif = self.env["sla.whatif"].browse(action["res_id"])
        self.assertEqual(whatif.draft_ids, draft)
        self.assertEqual(whatif.create_uid, self.boss)
        draft.invalidate_recordset(["trial"])
        [part] = draft.trial
        lines = {line["text"]: line["value"] for line in part["lines"]}
        self.assertEqual(lines["Promises missed"], "2 → 1")
        self.assertEqual(lines["Promises kept"], "0 % → 50 %")

    def test_a_draft_that_changed_since_asks_to_be_tried_again(self):
        draft = self.draft()
        draft.action_try()
        self.env.cr.execute(
            "UPDATE sla_policy SET write_date = write_date + interval '1 hour'"
            " WHERE id = %s",
            [draft.id],
        )
        draft.invalidate_recordset()
        self.assertIn("try it again", draft.trial[0]["lines"][-1]["text"])

    def test_what_a_draft_was_tried_with_is_kept_until_it_is_decided(self):
        draft = self.draft()
        trial = self.env["sla.whatif"].browse(draft.action_try()["res_id"])
        other = self.env["sla.whatif"].create({})
        self.env.cr.execute(
            "UPDATE sla_whatif SET write_date = write_date - interval '90 days'"
        )
        self.env.invalidate_all()
        self.env["sla.whatif"]._gc_whatifs()
        self.assertTrue(trial.exists())
        self.assertFalse(other.exists())

    def test_only_what_is_a_draft_and_promises_something_is_tried(self):
        with self.assertRaises(UserError):
            self.mine.action_try()
        empty = self.env["sla.policy"].with_user(self.boss).create({"name": "Empty"})
        with self.assertRaises(UserError):
            empty.action_try()
