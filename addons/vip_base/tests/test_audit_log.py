from odoo.tests.common import TransactionCase

from ..tools.reason import CONTEXT_KEY, because


class TestAuditLogReason(TransactionCase):
    def _line(self, context, reason=False):
        company = self.env.company
        log = self.env["vip.audit.log"].with_context(**context)
        log._record(company, "changed", new={"name": "Broker"}, reason=reason)
        domain = [("model", "=", company._name), ("res_id", "=", company.id)]
        return log.search(domain, order="id desc", limit=1)

    def test_a_line_keeps_why_the_code_writes(self):
        self.assertEqual(self._line(because("As agreed")).reason, "As agreed")
        self.assertFalse(self._line({}).reason)

    def test_the_reason_of_the_change_itself_goes_first(self):
        self.assertEqual(self._line(because("As agreed"), "Typo").reason, "Typo")

    def test_a_remote_call_gives_no_reason(self):
        for value in "As agreed", {"text": "As agreed"}, ["As agreed"]:
            self.assertFalse(self._line({CONTEXT_KEY: value}).reason)
