"""The translation files are up to date and complete."""

from odoo.tests import TransactionCase

from tools import i18n
from tools.paths import ROOT, own_addons


class TestI18n(TransactionCase):
    def test_files_are_what_the_exporter_gives(self):
        for addon in own_addons():
            for path, expected in i18n.files(self.env, addon).items():
                with self.subTest(path=path.relative_to(ROOT)):
                    found = path.read_text() if path.exists() else ""
                    self.assertEqual(found, expected, "run ./vip i18n and commit")

    def test_every_term_is_chinese(self):
        for addon in own_addons():
            with self.subTest(addon=addon):
                self.assertEqual(i18n.untranslated(addon), [])
