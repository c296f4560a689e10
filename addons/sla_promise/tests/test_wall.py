from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.vip_base.tools.times import at_context

from ..models.wall.sla_wall import PATH, _counted
from .common import SlaCase, minutes


@tagged("post_install", "-at_install")
class TestWall(SlaCase, HttpCase):
    """A screen for all to see: by a link that is revocable, and no client's name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "wall.admin", groups="vip_base.group_vip_admin"
        )
        cls.wall = cls.env["sla.wall"].create({"name": "Key clients", "lang": "en_US"})

    def setUp(self):
        super().setUp()
        _counted.clear()

    def link(self):
        action = self.wall.with_user(self.admin).action_new_link()
        return action["params"]["message"].split("#")

    def figures(self, key):
        self.env.flush_all()
        return self.url_open(f"{PATH}/figures", headers={"X-Wall-Key": key})

    def test_the_link_opens_the_figures_until_it_is_revoked(self):
        address, key = self.link()
        self.assertTrue(address.endswith(PATH))
        page = self.url_open(PATH)
        self.assertEqual(page.status_code, 200)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(self.figures(key).json()["name"], "Key clients")
        _address, newer = self.link()
        self.assertEqual(self.figures(key).status_code, 404, "the one before")
        self.assertEqual(self.figures(newer).status_code, 200)
        self.wall.with_user(self.admin).action_revoke()
        self.assertEqual(self.figures(newer).status_code, 404)

    def test_no_key_opens_nothing(self):
        for key in "", "x", "False":
            self.assertIn(self.figures(key).status_code, (404, 429))

    def test_a_wall_not_in_use_shows_nothing(self):
        _address, key = self.link()
        self.wall.active = False
        self.assertEqual(self.figures(key).status_code, 404)

    def test_nobody_reads_the_fingerprint_and_only_administrators_make_links(self):
        self.link()
        for user in self.admin, self.boss:
            with self.assertRaises(AccessError):
                self.wall.with_user(user).read(["key_fingerprint"])
        for action in "action_new_link", "action_revoke":
            with self.assertRaises(AccessError):
                getattr(self.wall.with_user(self.boss), action)()

    def test_what_is_counted_once_is_read_by_all(self):
        told = self.wall._shown()
        self.ticket()
        self.assertIs(self.wall._shown(), told)
        self.wall.name = "Others"
        self.assertEqual(self.wall._shown()["name"], "Others")

    def test_late_and_next_without_a_clients_name(self):
        late = self.ticket(partner_id=self.client.id)
        soon = self.ticket(at=minutes(20), partner_id=self.client.id)
        self.due(minutes(31))
        told = self.wall.with_context(**at_context(minutes(31)))._count(minutes(31))
        self.assertEqual(told["late"], 1)
        numbers = [row["number"] for row in told["next"]]
        self.assertEqual(numbers, [soon.number, late.number, soon.number])
        self.assertEqual(told["next"][0]["what"], "First response")
        self.assertNotIn(self.client.name, str(told))
        self.assertNotIn(self.ann.name, str(told).replace("Planned", ""))

    def test_only_the_teams_that_it_names(self):
        self.ticket()
        self.wall.team_ids = self.other_team
        told = self.wall._count(minutes(31))
        self.assertEqual((told["late"], told["next"]), (0, []))

    def test_kept_today_and_in_the_month_is_not_judged_of_few(self):
        for _time in range(2):
            ticket = self.ticket()
            self.move(ticket, minutes(10), self.work)
        self.due(minutes(31))
        told = self.wall._count(minutes(40))
        self.assertEqual(told["today"]["of"], 2)
        self.assertEqual(told["today"]["value"], 0)
        self.assertTrue(told["today"]["few"])
        self.assertFalse(told["today"]["below"])
        tomorrow = self.wall._count(minutes(40) + timedelta(days=1))
        self.assertEqual((tomorrow["today"]["of"], tomorrow["month"]["of"]), (0, 2))

    def test_the_words_are_in_the_language_of_the_wall(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.wall.lang = "zh_CN"
        told = self.wall._count(minutes(1))
        self.assertEqual(told["lang"], "zh-CN")
        self.assertNotEqual(told["labels"]["late"], "Late now")
