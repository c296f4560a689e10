from odoo.tests import tagged

from odoo.addons.vip_base.tests.access import AccessMatrixMixin, models_of
from odoo.addons.vip_base.tests.screens import ScreenCrawlMixin

from .voice_case import VoiceCase

STAFF = ("agent", "leader", "helpdesk", "host_admin", "adviser")
READERS = (*STAFF, "manager", "admin", "auditor")


def cells(readers=READERS, **more):
    """Return a row of the table: who reads, and who may do more (letters)."""
    return {**dict.fromkeys(readers, "r"), **more}


CONFIG = cells(admin="crwu")
#: What who may see a ticket works on.
WORKED = {
    **dict.fromkeys(("agent", "helpdesk", "host_admin", "manager", "admin"), "crw"),
    "auditor": "r",
}
#: Records about a ticket of the agent.
OF_AGENT = {
    "vip.question.plan": CONFIG,
    "vip.question.quota": CONFIG,
    "vip.feedback": cells(
        ("agent", "helpdesk", "host_admin", "manager", "admin", "auditor")
    ),
    "vip.complaint.kind": CONFIG,
    "vip.process.step": CONFIG,
    "vip.regulator": CONFIG,
    "vip.cause": CONFIG,
    "vip.complaint": WORKED,
    "vip.complaint.action": {
        role: letters if letters == "r" else "crwu" for role, letters in WORKED.items()
    },
    "vip.case.cause": WORKED,
    "vip.complaint.part": dict.fromkeys(WORKED, "r"),
    "vip.complaint.say": dict.fromkeys((*STAFF, "manager", "admin"), "crwu"),
}


@tagged("post_install", "-at_install")
class TestAccessMatrix(AccessMatrixMixin, ScreenCrawlMixin, VoiceCase):
    """Every model of this addon, every role, every operation."""

    def _records(self):
        plan = self.plan(quota_ids=[(0, 0, {"tier_id": self.diamond.id, "most": 1})])
        answer = self.give(self.question(), 1)
        feedback = self.env["vip.feedback"].search([("answer_id", "=", answer.id)])
        feedback.ticket_id.user_id = self.agent
        complaint = self.env["vip.complaint"].create(
            {
                "name": "Fee",
                "ticket_id": feedback.ticket_id.id,
                "reason": "Twice",
                "action_ids": [(0, 0, {"name": "Return it"})],
            }
        )
        complaint.ticket_id.user_id = self.agent
        case = self.env["vip.case.cause"].create(
            {
                "ticket_id": complaint.ticket_id.id,
                "cause_id": self.env.ref("vip_voice.cause_people").id,
            }
        )
        records = (
            *(plan, plan.quota_ids, feedback, complaint, complaint.action_ids, case),
            *(complaint.part_ids[0], case.cause_id),
            self.env.ref("vip_voice.kind_fees"),
            self.env.ref("vip_voice.step_service"),
            self.env["vip.regulator"].create({"name": "Exchange"}),
            self.env["vip.complaint.say"],
        )
        return {record._name: record for record in records}

    def test_each_role_may_what_the_table_says(self):
        self.assert_access(OF_AGENT, self._records())

    def test_the_table_names_every_model(self):
        self.assertEqual(set(OF_AGENT), models_of(self.env, "vip_voice"))

    def test_every_screen_opens(self):
        self._records()
        root = self.env.ref("vip_voice.menu_voice")
        for role in ("agent", "manager", "admin", "auditor"):
            models, wrong = self.open_screens(root, self.users[role])
            self.assertFalse(wrong)
            self.assertIn("vip.feedback", models)
        config = self.env.ref("vip_voice.menu_config_voice")
        models, wrong = self.open_screens(config, self.users["admin"])
        self.assertFalse(wrong)
        self.assertIn("vip.question.plan", models)
