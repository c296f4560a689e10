"""What the groups of a field of ours hide is found out through no door."""

from collections import defaultdict

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from tools.paths import own_addons

ROLES = {
    "public": "base.group_public",
    "portal": "base.group_portal",
    "internal": "base.group_user",
    "contacts": "base.group_user,base.group_partner_manager",
    "agent": "vip_base.group_vip_agent",
    "adviser": "vip_base.group_vip_adviser",
    "manager": "vip_base.group_vip_manager",
    "auditor": "vip_base.group_vip_auditor",
    "admin": "vip_base.group_vip_admin",
}


@tagged("post_install", "-at_install")
class TestFieldDoors(TransactionCase):
    """Every field with groups × every role that is not in them × every way to ask."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        ours = set(own_addons())
        cls.users = {
            role: new_test_user(cls.env, f"door_{role}", groups=groups)
            for role, groups in ROLES.items()
        }
        cls.hidden = [
            (name, field)
            for name, model in sorted(cls.env.registry.items())
            if not model._abstract
            for field in cls.env[name]._fields.values()
            if field.groups and ours.intersection(cls.first(field)._modules[:1])
        ]

    @classmethod
    def first(cls, field):
        """Return the field that one taken over by ``_inherits`` stands for."""
        while field.inherited:
            field = field.related_field
        return field

    def doors(self, model, field):
        """Yield (what is asked, how)."""
        name = field.name
        # Of a field that always has a value, to ask for none tells nothing.
        there = [(name, "!=" if not field.required else "in", self.some_value(field))]
        if not field.required:
            for operator in "=", "!=":
                domain = [(name, operator, False)]
                yield f"search {operator}", lambda d=domain: model.search(d, limit=1)
        domain = [(name, "in", [1] if field.type in ("many2one", "integer") else ["x"])]
        if field.type in ("many2one", "one2many", "many2many"):
            domain = [(name, "in", [1])]
            inside = [(f"{name}.id", "!=", 0)]
            yield "search through it", lambda: model.search(inside, limit=1)
            yield "search any", lambda: model.search([(name, "any", [])], limit=1)
        if field.type == "boolean":
            domain = [(name, "=", True)]
        if field.type in ("date", "datetime"):
            domain = [(name, ">", "2020-01-01")]
        yield "search a value", lambda: model.search(domain, limit=1)
        yield "count", lambda: model.search_count(there)
        yield "name_search", lambda: model.name_search("", domain=there)
        yield "order", lambda: model.search([], order=name, limit=1)
        yield "order down", lambda: model.search([], order=f"{name} desc", limit=1)
        yield "group", lambda: model.formatted_read_group([], [name], ["__count"])
        yield (
            "grouped search",
            lambda: model.formatted_read_group(there, [], ["__count"]),
        )
        yield "sum", lambda: model.formatted_read_group([], [], [f"{name}:count"])
        yield "read", lambda: self.a_record(model).read([name])
        yield "web_read", lambda: self.a_record(model).web_read({name: {}})
        yield "search_read", lambda: model.search_read([], [name], limit=1)
        yield "export", lambda: self.a_record(model).export_data([name])

    def some_value(self, field):
        if not field.required:
            return False
        if field.type == "selection":
            return [field.get_values(self.env)[0]]
        return [1]

    def a_record(self, model):
        # As superuser: some record, which this user may not be able to read at all.
        found = model.sudo().search([], limit=1).with_env(model.env)
        if not found:
            self.skipTest("nothing to read")
        return found

    def test_no_door_tells_what_the_groups_hide(self):
        open_doors = defaultdict(list)
        for model_name, field in self.hidden:
            for role, user in self.users.items():
                if user.has_groups(field.groups):
                    continue
                model = self.env[model_name].with_user(user)
                for door, ask in self.doors(model, field):
                    if self.opens(ask):
                        open_doors[f"{model_name}.{field.name}: {door}"].append(role)
        self.assertFalse(
            open_doors, "\n".join(f"{k}: {', '.join(v)}" for k, v in open_doors.items())
        )

    def opens(self, ask):
        """Tell whether somebody who may not read the field got an answer."""
        try:
            with self.env.cr.savepoint():
                ask()
        except AccessError:
            return False
        except Exception:  # pylint: disable=broad-except
            # What the host cannot do for any field of that kind tells nothing.
            return False
        return True

    def test_relations_lead_to_no_hidden_field(self):
        """A ticket's or a user's contact is asked for what the contact hides."""
        found = []
        plain = {role: self.users[role] for role in ("portal", "internal", "contacts")}
        for model_name, path in (
            *(("helpdesk.ticket", "partner_id"), ("res.users", "partner_id")),
            *(("res.partner", "child_ids"), ("res.partner", "parent_id")),
        ):
            comodel = self.env[model_name]._fields[path].comodel_name
            for name, field in self.hidden:
                if name != comodel:
                    continue
                for role, user in plain.items():
                    model = self.env[model_name].with_user(user)
                    domain = [(f"{path}.{field.name}", "!=", False)]
                    if self.opens(lambda m=model, d=domain: m.search(d, limit=1)):
                        found.append(f"{model_name}.{path}.{field.name}: {role}")
        self.assertFalse(found)

    def test_there_is_something_to_hide(self):
        names = {f"{name}.{field.name}" for name, field in self.hidden}
        searched = {
            f"{name}.{field.name}"
            for name, field in self.hidden
            if field.search and not field.store
        }
        self.assertIn("res.partner.vip_tier_id", searched)
        self.assertGreater(len(names), 50)
