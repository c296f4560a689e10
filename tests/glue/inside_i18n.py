"""Run by ``test_glue_suites`` in the database of a glue addon: its translations."""

from odoo.tests import TransactionCase

from tools import i18n
from tools.paths import ROOT, glue_addons


class TestGlueI18n(TransactionCase):
    def test_files_are_complete_and_what_the_exporter_gives(self):
        installed = set(self.env["ir.module.module"]._installed())
        for addon in installed.intersection(glue_addons()):
            for path, expected in i18n.files(self.env, addon).items():
                with self.subTest(path=path.relative_to(ROOT)):
                    found = path.read_text() if path.exists() else ""
                    self.assertEqual(found, expected)
            self.assertEqual(i18n.untranslated(addon), [])
