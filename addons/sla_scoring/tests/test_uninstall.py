from odoo.tests import tagged
from odoo.tools import SQL

from ..hooks import uninstall_hook
from .common import ScoreCase


@tagged("post_install", "-at_install")
class TestUninstall(ScoreCase):
    """Going is refused by nothing of ours."""

    def test_a_task_about_what_goes_does_not_keep_its_kind(self):
        kind = self.env.ref("sla_scoring.score_activity_appeal")
        self.env.cr.execute(
            SQL(
                "INSERT INTO mail_activity ("
                " activity_type_id, res_model_id, res_model, res_id, user_id,"
                " date_deadline) VALUES (%s, %s, 'score.appeal', 1, %s, now())",
                kind.id,
                self.env["ir.model"]._get_id("score.appeal"),
                self.boss.id,
            )
        )
        uninstall_hook(self.env)
        self.env.cr.execute("DELETE FROM mail_activity_type WHERE id = %s", kind.ids)
        self.assertEqual(self.env.cr.rowcount, 1)

    def test_the_evidence_of_what_goes_goes_with_it(self):
        """Its table is made by a mixin of an addon that stays."""
        table = self.env["score.appeal"]._fields["attachment_ids"].relation
        relation = self.env["ir.model.relation"].search([("name", "=", table)])
        self.assertEqual(relation.module.name, "vip_base")
        uninstall_hook(self.env)
        self.assertEqual(relation.module.name, "sla_scoring")
