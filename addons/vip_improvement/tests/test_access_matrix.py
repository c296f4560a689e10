from odoo.tests import tagged

from odoo.addons.vip_base.tests.access import AccessMatrixMixin, models_of
from odoo.addons.vip_base.tests.screens import ScreenCrawlMixin

from .improvement_case import ImprovementCase

#: Who may do what with an improvement that the agent owns.
OF_AGENT = {
    "vip.improvement": {
        "agent": "rw",
        "manager": "crw",
        "admin": "crw",
        "auditor": "r",
    },
    "vip.improvement.action": {
        "agent": "crwu",
        "manager": "crwu",
        "admin": "crwu",
        "auditor": "r",
    },
    "vip.improvement.check": dict.fromkeys(
        ("agent", "manager", "admin", "auditor"), "r"
    ),
}


@tagged("post_install", "-at_install")
class TestAccessMatrix(AccessMatrixMixin, ScreenCrawlMixin, ImprovementCase):
    """Every model of this addon, every role, every operation."""

    def _records(self):
        improvement = self.improvement()
        self.by(improvement, self.manager).action_recheck()
        improvement.invalidate_recordset()
        records = (improvement, improvement.action_ids, improvement.check_ids)
        return {record._name: record for record in records}

    def test_each_role_may_what_the_table_says(self):
        self.assert_access(OF_AGENT, self._records())

    def test_the_table_names_every_model(self):
        self.assertEqual(set(OF_AGENT), models_of(self.env, "vip_improvement"))

    def test_every_screen_opens(self):
        self._records()
        root = self.env.ref("vip_base.menu_root")
        action = self.env.ref("vip_improvement.vip_improvement_action")
        for role in ("agent", "manager", "auditor"):
            env = self.env(user=self.users[role])
            self.assertIn(action, self._actions_below(root, self.users[role]))
            self._open_action(env, action)
