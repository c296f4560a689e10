from ..tools import groups
from .common import BaseRolesCase

#: Which roles each text stands for; a role includes those before it, but the auditor.
STANDS_FOR = {
    "AGENT_GROUP": {"agent", "adviser", "manager", "admin"},
    "ADVISER_GROUP": {"adviser", "manager", "admin"},
    "MANAGER_GROUP": {"manager", "admin"},
    "ADMIN_GROUP": {"admin"},
    "AUDITOR_GROUP": {"auditor"},
    "STAFF_GROUPS": {"agent", "adviser", "manager", "admin", "auditor"},
    "DECIDER_GROUPS": {"manager", "admin", "auditor"},
    "SETTINGS_GROUPS": {"admin"},
}


class TestGroups(BaseRolesCase):
    def test_each_text_stands_for_its_roles(self):
        texts = {name for name in vars(groups) if name.isupper()}
        self.assertEqual(texts, set(STANDS_FOR))
        for name, roles in STANDS_FOR.items():
            found = {
                role
                for role, user in self.users.items()
                if user.has_groups(getattr(groups, name))
            }
            self.assertEqual(found, roles, name)
