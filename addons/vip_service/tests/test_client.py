from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tools import mute_logger

from .common import VipCase


class TestClient(VipCase):
    def test_only_the_commercial_entity_is_a_client(self):
        company = self.client("X")
        with self.assertRaises(ValidationError):
            self.env["res.partner"].create(
                {"name": "Contact", "parent_id": company.id, "client_type": "end"}
            )
        other = self.client("Y")
        with self.assertRaises(ValidationError):
            other.parent_id = company

    @mute_logger("odoo.sql_db")
    def test_a_client_number_is_used_once_per_company(self):
        self.client("X")
        self.client("X", company_id=self.company.id)
        with self.assertRaises(IntegrityError):
            self.client("X")

    def test_a_plain_user_makes_contacts_without_being_asked_for_client_fields(self):
        user = self.users["internal"]
        user.group_ids += self.env.ref("base.group_partner_manager")
        partner = self.env["res.partner"].with_user(user).create({"name": "Supplier"})
        self.assertEqual(partner.name, "Supplier")

    def test_a_copy_is_no_client(self):
        copy = self.client("X").copy()
        self.assertFalse(copy.client_type)
        self.assertFalse(copy.client_number)
