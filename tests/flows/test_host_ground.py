"""Who may write the host's tables that our figures are read from."""

import ast
import re

from odoo import Command
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.vip_base.tests.access import AccessMatrixMixin
from odoo.addons.vip_service.tests.common import ROLES

from tools.paths import ADDONS, own_addons

from .host_ground import GROUND, SYSTEM

TABLE = re.compile(
    r'\b(?:FROM|JOIN|UPDATE|INTO)\s+(?:LATERAL\s+)?"?([a-z][a-z_0-9]+)"?'
)


def texts():
    """Yield each text in the code of our addons that may be a statement."""
    for name in own_addons():
        for path in (ADDONS / name).rglob("*.py"):
            if "tests" in path.relative_to(ADDONS / name).parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


@tagged("post_install", "-at_install")
class TestHostGround(AccessMatrixMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.company
        cls.users = {
            role: new_test_user(
                cls.env,
                f"ground_{role}",
                groups=groups,
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
            )
            for role, groups in ROLES.items()
        }

    def host_models_read(self):
        """Return the names of the host's models whose tables our statements name."""
        ours = set(own_addons())
        tables = {
            model._table: name
            for name, model in self.env.registry.models.items()
            if model._original_module not in ours and not model._abstract
        }
        found = {name for text in texts() for name in TABLE.findall(text)}
        return {tables[name] for name in found if name in tables}

    def test_each_host_table_that_we_read_is_declared(self):
        self.assertEqual(self.host_models_read(), GROUND.keys() | SYSTEM)

    def test_who_writes_it(self):
        found = {}
        for name in GROUND:
            for role, user in self.users.items():
                model = self.env[name].with_user(user)
                letters = "".join(
                    letter
                    for letter, right in (
                        ("c", "create"),
                        ("w", "write"),
                        ("u", "unlink"),
                    )
                    if model.has_access(right)
                )
                if letters:
                    found.setdefault(name, {})[role] = letters
        expected = {name: cells for name, (cells, _why) in GROUND.items() if cells}
        self.assertEqual(found, expected)
