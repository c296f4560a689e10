"""What is remembered of the database is what the database says."""

from odoo.tests.common import TransactionCase


class TestRemembered(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Zones"})
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Desk", "tz": "UTC", "company_id": cls.company.id}
        )
        cls.company.resource_calendar_id = cls.calendar
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.registry.reset_changes()

    def test_what_a_savepoint_rolls_back_is_not_remembered(self):
        self.assertEqual(self.company._vip_zone(), "UTC")
        with self.env.cr.savepoint() as savepoint:
            self.calendar.tz = "Asia/Shanghai"
            self.assertEqual(self.company._vip_zone(), "Asia/Shanghai")
            savepoint.rollback()
        self.assertEqual(self.company._vip_zone(), "UTC")
        self.registry.reset_changes()
        self.assertEqual(self.company._vip_zone(), "UTC")

    def test_what_nobody_changes_is_read_once(self):
        self.company._vip_zone()
        self.env.invalidate_all()
        with self.assertQueryCount(0):
            self.company._vip_zone()
