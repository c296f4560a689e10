from datetime import date

from .access import AccessMatrixMixin, models_of
from .common import BaseRolesCase

TABLE = {
    "vip.audit.log": {"manager": "r", "admin": "r", "auditor": "r"},
    "vip.failing.job": {"admin": "r", "auditor": "r"},
    "vip.job.progress": {"admin": "r"},
    "vip.past.row": {"admin": "r", "auditor": "r"},
    "vip.figure.month": {"manager": "r", "admin": "r", "auditor": "r"},
    "vip.figure.day": {"manager": "r", "admin": "r", "auditor": "r"},
}


class TestAccess(AccessMatrixMixin, BaseRolesCase):
    def _records(self):
        log = self.env["vip.audit.log"]
        log._record(self.company, "changed", new={"name": "Futures Broker"})
        past = self.env["vip.past.row"].create(
            {
                "name": "res_company",
                "row_id": 1,
                "company_id": self.company.id,
                "said": {"state": "met"},
            }
        )
        figure = self.env["vip.figure.month"].create(
            {
                "company_id": self.company.id,
                "key": "anything",
                "month": date(2024, 3, 1),
                "dimension": "user_id",
                "record_id": self.env.uid,
            }
        )
        job = self.env["ir.cron"].search([], limit=1)
        job.write({"failure_count": 1, "first_failure_date": "2026-03-02 10:00:00"})
        return {
            "vip.past.row": past,
            "vip.figure.month": figure,
            "vip.figure.day": self.env["vip.figure.day"].create(
                {
                    "company_id": self.company.id,
                    "key": "anything",
                    "day": date(2024, 3, 1),
                }
            ),
            "vip.failing.job": self.env["vip.failing.job"].browse(job.id),
            "vip.audit.log": log.search([("res_id", "=", self.company.id)], limit=1),
            "vip.job.progress": self.env["vip.job.progress"].create(
                {"res_model": "res.company", "res_id": self.company.id}
            ),
        }

    def test_the_table_names_every_model(self):
        self.assertEqual(models_of(self.env, "vip_base"), set(TABLE))

    def test_every_role(self):
        self.assert_access(TABLE, self._records())

    def test_nobody_reads_the_log_of_another_company(self):
        records = self._records()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.users = self.make_users(other, "elsewhere")
        nothing = dict.fromkeys(
            TABLE.keys() - {"vip.job.progress", "vip.failing.job"}, {}
        )
        self.assert_access(nothing, records)
