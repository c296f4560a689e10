"""Fixtures: a company and one user per role, on a database with this addon alone."""

from odoo.tests.common import TransactionCase, new_test_user

#: The roles of the product and the groups of their users.
ROLES = {
    "public": "base.group_public",
    "portal": "base.group_portal",
    "internal": "base.group_user",
    "agent": "vip_base.group_vip_agent",
    "adviser": "vip_base.group_vip_adviser",
    "manager": "vip_base.group_vip_manager",
    "admin": "vip_base.group_vip_admin",
    "auditor": "vip_base.group_vip_auditor",
}


class BaseRolesCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={
                **cls.env.context,
                "tracking_disable": True,
                "no_reset_password": 1,
            }
        )
        cls.company = cls.env["res.company"].create({"name": "Futures Broker"})
        cls.company.resource_calendar_id.tz = "UTC"
        cls.users = cls.make_users(cls.company)

    @classmethod
    def make_users(cls, company, prefix="base"):
        """Return one user of each role in ``company``, by role."""
        return {
            role: new_test_user(
                cls.env,
                f"{prefix}_{role}",
                groups=groups,
                company_id=company.id,
                company_ids=[(6, 0, company.ids)],
            )
            for role, groups in ROLES.items()
        }
