from datetime import datetime, timedelta

from psycopg2.errors import RestrictViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.vip_base.tools.times import at_context

from .common import VipCase

MONDAY = datetime(2026, 3, 2, 8)


@tagged("post_install", "-at_install")
class TestUnit(VipCase):
    """Branches and departments, and which of them a team belonged to when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.units = cls.env["vip.unit"].with_company(cls.company)
        cls.branch = cls.units.create({"name": "Shanghai", "kind": "branch"})
        cls.desk = cls.units.create({"name": "Desk", "parent_id": cls.branch.id})
        cls.claims = cls.units.create({"name": "Claims", "parent_id": cls.branch.id})
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "First line", "company_id": cls.company.id}
        )

    def give(self, unit, at):
        self.team.with_context(**at_context(at)).unit_id = unit

    def path(self, at):
        self.env.flush_all()
        path = self.units._path_at(SQL("%s", self.team.id), SQL("%s", at))
        return self.env.execute_query_dict(SQL("SELECT %s AS path", path))[0]["path"]

    def test_a_unit_is_named_with_those_above_it(self):
        self.assertEqual(self.desk.complete_name, "Shanghai / Desk")
        self.branch.name = "Pudong"
        self.assertEqual(self.desk.complete_name, "Pudong / Desk")

    def test_the_unit_of_then_is_known_whatever_follows(self):
        self.give(self.desk, MONDAY)
        self.give(self.claims, MONDAY + timedelta(days=1))
        self.give(False, MONDAY + timedelta(days=2))
        paths = [self.path(MONDAY + timedelta(days=day)) for day in (-99, 0, 1, 2)]
        desk, claims = [self.branch.id, self.desk.id], [self.branch.id, self.claims.id]
        self.assertEqual(paths, [desk, desk, claims, None])

    def test_a_change_undone_in_the_same_second_leaves_nothing(self):
        self.give(self.desk, MONDAY)
        self.give(self.claims, MONDAY)
        self.give(self.desk, MONDAY)
        later = MONDAY + timedelta(days=1)
        self.assertEqual(self.path(later), [self.branch.id, self.desk.id])

    @mute_logger("odoo.sql_db")
    def test_the_history_is_kept(self):
        self.give(self.desk, MONDAY)
        row = self.env["vip.unit.team"].search([("team_id", "=", self.team.id)])
        self.assertEqual(len(row), 1)
        with self.assertRaises(RestrictViolation), self.env.cr.savepoint():
            self.env.cr.execute("DELETE FROM vip_unit_team WHERE id = %s", [row.id])

    def test_an_archived_unit_goes_on_and_a_named_one_is_not_deleted(self):
        self.give(self.desk, MONDAY)
        self.desk.active = False
        self.assertEqual(self.path(MONDAY)[-1], self.desk.id)
        with self.assertRaisesRegex(UserError, "First line"):
            self.desk.unlink()
        with self.assertRaises(UserError):
            self.branch.unlink()

    def test_no_unit_is_part_of_itself_or_of_another_company(self):
        with self.assertRaises(UserError):
            self.branch.parent_id = self.desk
            self.env.flush_all()
        self.env.invalidate_all()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(UserError):
            self.branch.company_id = elsewhere

    def test_only_managers_say_to_which_branch_a_client_belongs(self):
        client = self.client("UNIT")
        with self.assertRaises(AccessError):
            client.with_user(self.users["adviser"]).branch_id = self.branch
        client.with_user(self.users["manager"]).branch_id = self.branch
        self.assertEqual(client.branch_id, self.branch)

    def test_an_adviser_of_another_branch_is_shown(self):
        beijing = self.units.create({"name": "Beijing", "kind": "branch"})
        adviser = self.users["adviser"]
        client = self.client("UNIT", adviser_id=adviser.id, branch_id=self.branch.id)
        self.assertTrue(client.is_adviser_of_branch)
        adviser.unit_id = beijing
        self.assertFalse(client.is_adviser_of_branch)
        adviser.unit_id = self.desk
        self.assertTrue(client.is_adviser_of_branch)

    def elsewhere(self):
        return self.env["res.company"].create({"name": "Elsewhere"})

    def test_a_team_gets_no_unit_of_another_company(self):
        other = self.units.create({"name": "Other", "company_id": self.elsewhere().id})
        with self.assertRaisesRegex(ValidationError, "First line"):
            self.team.unit_id = other

    def test_a_team_does_not_move_to_another_company_without_its_unit(self):
        self.team.unit_id = self.desk
        elsewhere = self.elsewhere()
        with self.assertRaisesRegex(ValidationError, "Elsewhere"):
            self.team.company_id = elsewhere

    def test_a_unit_does_not_move_to_another_company_without_its_teams(self):
        self.team.unit_id = self.desk
        elsewhere = self.elsewhere()
        self.desk.parent_id = False
        with self.assertRaisesRegex(ValidationError, "First line"):
            self.desk.company_id = elsewhere

    def test_a_merge_gives_a_client_the_branch_that_it_lacks(self):
        kept = self.client("KEPT")
        gone = self.client("GONE", branch_id=self.branch.id)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard.with_user(self.users["manager"]).sudo()._merge((kept | gone).ids, kept)
        self.assertEqual(kept.branch_id, self.branch)
