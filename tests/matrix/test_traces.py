"""What is left behind is seen."""

from odoo.tests import TransactionCase
from odoo.tools import SQL

from .traces import Links, Owned, there


class TestTraces(TransactionCase):
    def test_what_is_new_in_the_database_is_seen(self):
        before = there(self.env)
        for statement in (
            "CREATE TABLE vip_left (id int PRIMARY KEY)",
            "CREATE INDEX vip_left_idx ON vip_left (id)",
            "ALTER TABLE res_partner ADD COLUMN vip_left int CHECK (vip_left > 0)",
            "CREATE FUNCTION vip_left() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RETURN NEW; END'",
            "CREATE TRIGGER vip_left BEFORE UPDATE ON res_partner"
            " FOR EACH ROW EXECUTE FUNCTION vip_left()",
        ):
            self.env.cr.execute(SQL(statement))
        self.env["ir.config_parameter"].set_param("vip.left", "1")
        self.env.ref("base.main_partner").copy()._export_rows([["id"]])
        found = there(self.env) - before
        self.assertLessEqual(
            {
                ("table", "vip_left"),
                ("index", "vip_left_idx"),
                ("column", "res_partner.vip_left"),
                ("constraint", "res_partner.res_partner_vip_left_check"),
                ("function", "vip_left()"),
                ("trigger", "res_partner.vip_left"),
                ("parameter", "vip.left"),
            },
            found,
        )
        self.assertIn("external id", {kind for kind, _name in found})

    def test_what_an_addon_owns_is_all_left_while_it_is_installed(self):
        owned = Owned.by(self.env, "vip_service")
        left = owned.left(self.env)
        self.assertEqual(len(owned.names), len({*left} & set(self._texts(owned))))
        for text in (
            "table vip_tier",
            "column res_partner.client_number",
            "external id model_vip_tier",
        ):
            self.assertIn(text, left)
        self.assertNotIn("column res_partner.name", left)

    def _texts(self, owned):
        return [f"{kind} {name}" for kind, name in owned.names]

    def test_what_rows_of_others_lose_is_told(self):
        partner = self.env["res.partner"].create(
            {"name": "Left", "country_id": self.env.ref("base.cn").id}
        )
        links = Links(self.env)
        self.assertEqual(links.lost(self.env), [])
        partner.country_id = False
        self.assertEqual(
            links.lost(self.env), ["1 rows of res_partner lost their country_id"]
        )
