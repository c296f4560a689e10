from odoo.addons.vip_base.tests.access import AccessMatrixMixin, models_of
from odoo.addons.vip_base.tests.common import BaseRolesCase

CONFIG = {
    **dict.fromkeys(("agent", "adviser", "manager", "auditor"), "r"),
    "admin": "crwu",
}
TABLE = {
    "resource.worktime.version": {"manager": "r", "admin": "r", "auditor": "r"},
    "resource.makeup.day": CONFIG,
    "resource.holiday.load": {"admin": "crwu"},
    "resource.holiday.load.line": {"admin": "crwu"},
}


class TestAccess(AccessMatrixMixin, BaseRolesCase):
    def _records(self):
        calendar = self.env["resource.calendar"].create(
            {"name": "Office", "company_id": self.company.id}
        )
        version = calendar._worktime_version(self.company)
        self.env.cr.flush()
        return {
            "resource.worktime.version": self.env["resource.worktime.version"].browse(
                version
            ),
            "resource.makeup.day": self.env["resource.makeup.day"].create(
                {
                    "name": "National Day",
                    "date": "2024-09-29",
                    "company_id": self.company.id,
                    "calendar_id": calendar.id,
                }
            ),
            # Rows of these belong to who opened them: tried on the model alone.
            "resource.holiday.load": self.env["resource.holiday.load"],
            "resource.holiday.load.line": self.env["resource.holiday.load.line"],
        }

    def test_the_table_names_every_model(self):
        self.assertEqual(models_of(self.env, "resource_worktime"), set(TABLE))

    def test_every_role(self):
        self.assert_access(TABLE, self._records())

    def test_what_a_company_has_is_its_own(self):
        records = self._records()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.users = self.make_users(other, "elsewhere")
        own = ("resource.makeup.day", "resource.worktime.version")
        self.assert_access(dict.fromkeys(own, {}), records)
