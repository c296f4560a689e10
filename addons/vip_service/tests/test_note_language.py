from odoo.addons.mail.tools.discuss import Store
from odoo.addons.vip_base.tests.chinese import ChineseCase

from .common import VipCase


class TestNoteLanguage(ChineseCase, VipCase):
    """What the chatter and the audit log say of a decision, each reader reads as theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.load_chinese("vip_service")
        cls.partner = cls.client("X")
        cls.decided = cls.change(cls.partner, cls.diamond)
        cls.decided.with_user(cls.users["manager"])._approve()

    def said(self, message, lang):
        store = Store().add(message.with_context(lang=lang))
        return str(store.get_result()["mail.message"][0]["body"])

    def test_the_note_at_the_client_is_in_the_readers_language(self):
        note = self.partner.message_ids.filtered(lambda m: "approved" in m.body)
        self.assertEqual(len(note), 1)
        self.assertIn("Silver → Diamond", self.said(note, "en_US"))
        self.assertIn("白银级 → 钻石级", self.said(note, "zh_CN"))

    def test_a_message_of_a_person_is_left_as_it_is(self):
        """Whoever types such a mark is told nothing by it."""
        note = self.decided._decision_note("approved")
        said = note.replace("Diamond", "Gold")
        message = self.partner.message_post(body=said, message_type="comment")
        self.assertIn("Gold", self.said(message, "en_US"))
        other = self.client("Y")
        elsewhere = other._message_log(body=said)
        self.assertIn("Gold", self.said(elsewhere, "en_US"))

    def test_the_log_says_tiers_days_and_yes_in_the_readers_language(self):
        line = self.env["vip.audit.log"].search(
            [
                ("model", "=", "vip.tier.change"),
                ("res_id", "=", self.decided.id),
                ("action", "in", ("approved", "applied")),
            ],
            limit=1,
        )
        self.assertIn("钻石级", line.with_context(lang="zh_CN").new_text)
        self.assertNotIn("diamond", line.with_context(lang="zh_CN").new_text)
        log = self.env["vip.audit.log"].with_context(lang="zh_CN")
        kept = {"active": True, "grace_reviews": 2, "entry_value": 700.0}
        text = log._values_text(self.env["vip.tier"], kept)
        self.assertIn(": 是\n", text)
        self.assertTrue(text.endswith(": 700"), text)
