from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..hooks import GUARDS, uninstall_hook
from .common import ScoreCase


@tagged("post_install", "-at_install")
class TestHostileCalls(ScoreCase):
    def test_the_portal_does_not_read_how_points_are_given(self):
        portal = new_test_user(self.env, "portal.sla", groups="base.group_portal")
        company = self.env.company
        for user in portal, self.agent:
            for name in "score_review_days", "score_locked_month":
                with self.subTest(user.login), self.assertRaises(AccessError):
                    company.with_user(user).read([name])


@tagged("post_install", "-at_install")
class TestUninstall(ScoreCase):
    def test_the_hook_knows_every_function_of_ours(self):
        self.env.cr.execute(
            """
            SELECT DISTINCT p.proname
              FROM pg_trigger t
              JOIN pg_proc p ON p.oid = t.tgfoid
             WHERE NOT t.tgisinternal AND p.proname ~ '^score_'
            """
        )
        self.assertEqual({name for (name,) in self.env.cr.fetchall()}, set(GUARDS))
        uninstall_hook(self.env)
        self.env.cr.execute(
            "SELECT count(*) FROM pg_proc WHERE proname = ANY(%s)", [list(GUARDS)]
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)
