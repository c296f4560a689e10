"""What a test needs to ask whether a module's terms are Chinese."""

import re

from odoo.tests.common import TransactionCase
from odoo.tools.translate import TranslationModuleReader

LANG = "zh_CN"

#: Terms that are the same in both languages.
SAME = {"ID", "UTF-8", "UTF-16"}

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|</?\w+")


class ChineseCase(TransactionCase):
    @classmethod
    def load_chinese(cls, *modules: str):
        """Activate Chinese and load the translations that ``modules`` carry."""
        cls.env["res.lang"]._activate_lang(LANG)
        cls.env["ir.module.module"]._load_module_terms(list(modules), [LANG])

    def untranslated_terms(self, module: str) -> list[tuple[str, str, str]]:
        """Terms of the records of ``module`` that are English in Chinese.

        :return: (xml id, field, term) of each; terms without letters are left out
        """
        data = self.env["ir.model.data"].search([("module", "=", module)])
        found = []
        for model, entries in data.grouped("model").items():
            if model not in self.env:
                continue
            names = {entry.res_id: entry.complete_name for entry in entries}
            records = self.env[model].with_context(active_test=False)
            for field in records._fields.values():
                if not field.store or not field.translate:
                    continue
                for record in records.browse(names).exists():
                    found += [
                        (names[record.id], field.name, term)
                        for term in self._english_terms(record, field)
                    ]
        return found

    def _english_terms(self, record, field) -> set[str]:
        english = record.with_context(lang="en_US")[field.name] or ""
        chinese = record.with_context(lang=LANG)[field.name] or ""
        if field.translate is True:
            terms = {str(english)} & {str(chinese)}
        else:
            terms = set(field.get_trans_terms(english))
            terms &= set(field.get_trans_terms(chinese))
        return {
            term
            for term in terms
            if term not in SAME and any(char.isalpha() for char in term)
        }

    def exported_terms(self, module: str) -> list[tuple[str, str, str, str]]:
        """What Odoo exports of ``module``: its data, its views and its code.

        :return: (kind, where, English, Chinese or empty) of each
        """
        reader = TranslationModuleReader(self.env.cr, modules=[module], lang=LANG)
        return [
            (kind, f"{name}:{res_id}", source, value or "")
            for _module, kind, name, res_id, source, value, _comments in reader
        ]

    def assert_chinese(self, module: str):
        """Every term that ``module`` exports has a Chinese with the same placeholders."""
        terms = self.exported_terms(module)
        english = [term for term in terms if not term[3] and term[2] not in SAME]
        self.assertEqual(english, [], "terms without Chinese")
        broken = [
            (source, value)
            for _kind, _where, source, value in terms
            if value and placeholders(source) != placeholders(value)
        ]
        self.assertEqual(broken, [], "placeholders or elements differ")


def placeholders(text: str) -> list[str]:
    """Return what a translation must keep, in alphabetical order.

    >>> placeholders("%(left)s of <b>%s</b>")
    ['%(left)s', '%s', '</b', '<b']
    """
    return sorted(PLACEHOLDER.findall(text))
