"""Each addon says what it holds of persons: nothing of ours is left out."""

from odoo.tests import TransactionCase, tagged

from tools.paths import own_addons

#: Fields that the host gives every record, or that are about work and not about persons.
HOSTS = {
    *("create_uid", "write_uid", "display_name", "activity_user_id"),
    *("message_follower_ids", "message_partner_ids"),
}
PERSONS = ("res.partner", "res.users")
TEXTS = ("char", "text", "html", "json")


@tagged("post_install", "-at_install")
class TestPersonalData(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours = set(own_addons())
        cls.declared = cls.env["vip.personal"]._personal_data()

    def test_each_of_our_models_says_what_it_holds(self):
        """A field that leads to a person, or in which something is written, is named."""
        missing = []
        for name, model in self.env.registry.items():
            if model._original_module not in self.ours or model._abstract:
                continue
            if model._transient or not model._auto:
                continue
            named = self.declared[name].named if name in self.declared else set()
            missing += [
                f"{name}.{field.name}"
                for field in self.env[name]._fields.values()
                if self.tells(field) and field.name not in named
            ]
        self.assertFalse(missing, "to be said in _personal_data of its addon")

    def tells(self, field):
        """Tell whether a field may say something of a person."""
        if not field.store or field.name in HOSTS:
            return False
        if field.comodel_name in PERSONS:
            return field.type in ("many2one", "many2many")
        if field.type == "json" and field.column_type[0] != "jsonb":
            return False
        return field.type in TEXTS and not field.translate

    def test_what_we_add_to_persons_of_the_host_is_said_too(self):
        missing = [
            f"{name}.{field.name}"
            for name in ("res.partner", "res.users", "helpdesk.ticket")
            for field in self.env[name]._fields.values()
            if field._modules
            and field._modules[0] in self.ours
            and field.comodel_name in PERSONS
            and field.store
            and field.name not in self.declared[name].named
        ]
        self.assertFalse(missing)

    def test_what_is_named_exists(self):
        for name, held in self.declared.items():
            wrong = held.named - self.env[name]._fields.keys()
            self.assertFalse(wrong, name)

    def test_all_rows_of_a_person_are_found(self):
        client = self.env["res.partner"].create(
            {"name": "Jan", "client_type": "end", "client_number": "PERSON-1"}
        )
        user = self.env.ref("base.user_admin")
        for person in (client, user, user.partner_id):
            for name, rows in self.env["vip.personal"]._held_of(person).items():
                with self.subTest(model=name, person=person):
                    self.env[name].search(rows, limit=1)
        use = self.env["vip.tier.membership"].create(
            {
                "company_id": self.env.company.id,
                "partner_id": client.id,
                "tier_id": self.env["vip.tier"]._ladder(self.env.company)[-1].id,
                "date_from": "2024-01-01",
            }
        )
        held = self.env["vip.personal"]._held_of(client)
        found = self.env["vip.tier.membership"].search(held["vip.tier.membership"])
        self.assertEqual(found, use)
