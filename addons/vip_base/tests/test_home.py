from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.vip_base.tools.panel import Panel
from odoo.addons.vip_base.tools.shared import share, shared
from odoo.addons.vip_base.tools.tile import Part, Tile

from .common import BaseRolesCase

WINDOW = "vip_base.vip_audit_log_action"


def tile(key, model="res.company", **terms):
    return Tile(key=key, label=key, roles=("agent", "manager"), model=model, **terms)


class TestHome(BaseRolesCase):
    def page(self, role, tiles, asked=None):
        """Return the page of the user of a role on which only ``tiles`` stand."""
        home = self.env["vip.home"].with_user(self.users[role])
        with self.only(home, tiles):
            return home.page(asked)

    def only(self, home, tiles, panels=()):
        """Let nothing else stand on homes than these."""
        return patch.multiple(
            type(home),
            _tiles=lambda _self: tiles,
            _panels=lambda _self: list(panels),
            _changes_at=lambda _self, _role: None,
        )

    def counts(self, page):
        return {told["key"]: told["count"] for told in page["tiles"]}

    def test_of_several_roles_the_highest_wins_and_others_can_be_chosen(self):
        page = self.page("manager", [])
        self.assertEqual(page["role"], "manager")
        roles = [role["key"] for role in page["roles"]]
        self.assertEqual(roles, ["agent", "adviser", "manager"])
        self.assertEqual(self.page("manager", [], "agent")["role"], "agent")
        self.assertEqual(self.page("admin", [])["role"], "admin")
        self.assertEqual(self.page("auditor", [])["role"], "auditor")

    def test_nobody_sees_the_home_of_a_role_that_he_has_not(self):
        for role, asked in (("agent", "manager"), ("internal", None)):
            with self.assertRaises(AccessError):
                self.page(role, [], asked)

    def test_a_number_is_of_what_the_reader_may_see(self):
        everywhere = tile("all", model="vip.audit.log", which=lambda: Domain.TRUE)
        self.env["vip.audit.log"]._record(self.company, "changed", new={"name": "A"})
        found = self.env["vip.audit.log"].with_user(self.users["manager"])
        page = self.page("manager", [everywhere])
        self.assertEqual(self.counts(page), {"all": found.search_count([])})
        # An agent reads no audit log: there is no such tile.
        self.assertEqual(self.page("agent", [everywhere])["tiles"], [])

    def test_what_is_within_the_same_is_counted_by_one_query(self):
        def among():
            return Domain("id", "=", self.company.id)

        tiles = [
            tile("own", which=lambda: Domain.TRUE, among=among),
            tile("none", which=lambda: Domain("name", "=", "?"), among=among),
            tile(
                "named",
                which=lambda: Domain("name", "=", "Futures Broker"),
                among=among,
            ),
        ]
        self.page("agent", tiles)
        home = self.env["vip.home"].with_user(self.users["agent"])
        with self.only(home, tiles):
            # The count, and the savepoint around it.
            with self.assertQueryCount(3):
                page = home.page("agent")
        self.assertEqual(self.counts(page), {"own": 1, "none": 0, "named": 1})

    @mute_logger("odoo.addons.vip_base.models.home.vip_home", "odoo.sql_db")
    def test_a_tile_that_fails_says_so_and_the_others_stand(self):
        def broken():
            raise ValueError("of a wing")

        def broken_in_the_database():
            self.env.cr.execute("SELECT 1 / 0")

        def among():
            return Domain.TRUE

        tiles = [
            tile("fine", which=lambda: Domain("id", "=", self.company.id)),
            tile("python", which=broken, among=among),
            tile(
                "beside", which=lambda: Domain("id", "=", self.company.id), among=among
            ),
            tile("sql", counted=broken_in_the_database),
            tile("after", which=lambda: Domain("id", "=", self.company.id)),
        ]
        page = self.page("agent", tiles)
        failed = {told["key"] for told in page["tiles"] if told["failed"]}
        self.assertEqual(failed, {"python", "sql"})
        self.assertEqual(
            self.counts(page),
            {"fine": 1, "python": 0, "beside": 1, "sql": 0, "after": 1},
        )

    @mute_logger("odoo.addons.vip_base.models.home.vip_home_panels", "odoo.sql_db")
    def test_a_panel_that_fails_says_so_and_the_others_stand(self):
        def broken():
            self.env.cr.execute("SELECT 1 / 0")

        def panel(key, load, **terms):
            terms = {"roles": ("agent",), "component": key, **terms}
            return Panel(key=key, label=key, load=load, **terms)

        panels = [
            panel("broken", broken, sequence=1),
            panel("fine", lambda: {"rows": self.env["res.company"].search_count([])}),
            panel("nothing", lambda: None),
            panel("others", lambda: {"a": 1}, roles=("manager",)),
            panel("later", lambda: {"b": 2}, later=True),
        ]
        tiles = [tile("own", which=lambda: Domain("id", "=", self.company.id))]
        tiles.append(tile("slow", counted=lambda: 3, later=True))
        home = self.env["vip.home"].with_user(self.users["agent"])
        with self.only(home, tiles, panels):
            page, later = home.page("agent"), home.later("agent")
        told = {one["key"]: one for one in page["panels"]}
        self.assertEqual(list(told), ["broken", "fine", "later"])
        self.assertTrue(told["broken"]["failed"])
        self.assertTrue(told["fine"]["data"]["rows"])
        self.assertTrue(told["later"]["later"])
        self.assertEqual(later["panels"]["later"]["data"], {"b": 2})
        self.assertEqual(self.counts(page), {"own": 1, "slow": 0})
        self.assertEqual(later["tiles"]["slow"]["count"], 3)

    def test_parts_and_sums_are_of_the_rows_that_are_counted(self):
        own = tile(
            "own",
            which=lambda: Domain("id", "=", self.company.id),
            total="id",
            parts=(
                Part(
                    "{} named".format, lambda: Domain("name", "!=", False), tone="soon"
                ),
                Part("{} others".format, lambda: Domain("id", "!=", self.company.id)),
                Part("{} in all".format, lambda: Domain.TRUE, total="id"),
            ),
        )
        [told] = self.page("agent", [own])["tiles"]
        self.assertEqual((told["count"], told["total"]), (1, self.company.id))
        self.assertEqual(
            [(one["text"], one["tone"]) for one in told["notes"]],
            [("1 named", "soon"), (f"{self.company.id} in all", False)],
        )

    def test_what_several_parts_need_is_found_once_also_if_it_fails(self):
        calls = []

        def find():
            calls.append(1)
            raise ValueError("of a wing")

        home = share(self.env["vip.home"])
        for _turn in range(2):
            with self.assertRaises(ValueError):
                shared(home.env, "wing", find)
        self.assertEqual(calls, [1])
        # Not what a remote client has put there.
        forged = self.env["vip.home"].with_context(vip_shared={"wing": (7, None)})
        self.assertEqual(shared(forged.env, "wing", lambda: 3), 3)

    def test_a_number_opens_exactly_its_rows(self):
        own = tile(
            "own", which=lambda: Domain("id", "=", self.company.id), action=WINDOW
        )
        home = self.env["vip.home"].with_user(self.users["agent"])
        with patch.object(type(home), "_tiles", lambda _self: [own]):
            action = home.open_tile("agent", "own")
            self.assertEqual(action["domain"], [("id", "=", self.company.id)])
            self.assertEqual((action["name"], action["context"]), ("own", {}))
            with self.assertRaises(UserError):
                home.open_tile("agent", "gone")
            with self.assertRaises(AccessError):
                home.open_tile("manager", "own")

    def test_jobs_that_fail_are_listed_by_name(self):
        job = self.env["ir.cron"].search([], limit=1)
        failing = self.env["vip.failing.job"].with_user(self.users["auditor"])
        before = failing.search_count([])
        job.write({"failure_count": 2, "first_failure_date": "2026-03-02 10:00:00"})
        found = failing.search([("number", "=", job.id)])
        self.assertEqual((found.name, found.failure_count), (job.cron_name, 2))
        home = self.env["vip.home"].with_user(self.users["auditor"])
        told = {one["key"]: one for one in home.page()["tiles"]}
        self.assertEqual(told["vip_base/failing_jobs"]["count"], before + 1)


@tagged("post_install", "-at_install")
class TestStart(HttpCase, BaseRolesCase):
    def start(self, role):
        """Return the action on which the user of a role starts."""
        user = self.users[role]
        user.password = user.login
        self.authenticate(user.login, user.login)
        info = self.make_jsonrpc_request("/web/session/get_session_info", {})
        return info["home_action_id"]

    @property
    def home(self):
        return self.env.ref("vip_base.vip_home_action").id

    def test_a_role_starts_on_its_home(self):
        self.assertEqual(self.start("agent"), self.home)
        self.assertEqual(self.start("auditor"), self.home)

    def test_who_has_no_role_starts_as_before(self):
        self.assertFalse(self.start("internal"))

    def test_a_persons_own_choice_wins(self):
        other = self.env.ref(WINDOW)
        self.users["manager"].action_id = other.id
        self.assertEqual(self.start("manager"), other.id)

    def test_a_company_may_switch_it_off(self):
        self.company.vip_home = False
        self.assertFalse(self.start("manager"))
