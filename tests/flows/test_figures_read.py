"""What the figures read of the host: nothing that who is judged by them can write unseen."""

import re
from datetime import datetime

from odoo.tests import TransactionCase, new_test_user, tagged

from tools.paths import ADDONS, own_addons

DUE = datetime(2024, 3, 13, 9, 0, 0)


@tagged("post_install", "-at_install")
class TestFiguresRead(TransactionCase):
    def test_of_the_host_the_figures_read_tickets_alone(self):
        """Whose moves are on their timeline; hours come by versions, which nobody writes."""
        facts = self.env["score.facts"]
        texts = [
            *facts._facts(self.env.company, DUE, DUE).values(),
            facts._fact_response(self.env.company, DUE, DUE),
        ]
        read = {
            table
            for sql in texts
            for table in re.findall(r"(?:FROM|JOIN)\s+([a-z]+_[a-z_]+)", sql.code)
        }
        ours = {
            model._table
            for model in self.env.registry.values()
            if model._original_module in own_addons()
        }
        self.assertIn("vip_answer", read & ours)
        self.assertEqual(read - ours, {"helpdesk_ticket"})
        answers = self.env["vip.answer"]
        for role in ("agent", "adviser", "manager", "admin", "auditor"):
            user = new_test_user(
                self.env, f"figures_{role}", groups=f"vip_base.group_vip_{role}"
            )
            for operation in ("create", "write", "unlink"):
                self.assertFalse(answers.with_user(user).has_access(operation), role)

    def test_no_file_of_ours_reads_what_the_host_keeps_of_ratings(self):
        """But for the links that lead to our page and the mail that asks."""
        words = re.compile(
            r"\brating\.rating\b|rating_rating|rating_ids|rating_(last|avg|count)"
        )
        allowed = {"sla_scoring/controllers/rating.py"}
        found = {
            str(path.relative_to(ADDONS))
            for addon in own_addons()
            for path in (ADDONS / addon).rglob("*")
            if path.suffix in (".py", ".xml", ".js", ".csv")
            and "tests" not in path.parts
            and words.search(path.read_text())
        }
        self.assertEqual(found, allowed)
