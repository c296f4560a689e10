"""What a test needs to ask whether a module's terms are Chinese."""

from odoo.tests.common import TransactionCase

LANG = "zh_CN"

#: Terms that are the same in both languages.
SAME = {"ID"}


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
