import threading
from unittest.mock import patch

from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

#: Methods by which nothing may change.
READING = {"GET", "HEAD", "OPTIONS"}
#: Routes of ours, and of the host about tickets, that a link opens: they show something.
SHOWN = {
    *("/rate", "/rate/<string:name>", "/my/answer/<int:question_id>"),
    *("/my", "/my/home", "/my/tickets", "/my/tickets/page/<int:page>"),
    *("/my/ticket/<int:ticket_id>", "/my/ticket/<int:ticket_id>/<access_token>"),
    "/new/ticket",
    # Lead to our page; what they open is another host model's.
    *("/rate/<string:token>/<int:rate>", "/rate/<string:token>/submit_feedback"),
}
OURS = ("vip_", "sla_")


@tagged("post_install", "-at_install")
class TestPortalDoors(HttpCase):
    """What changes something asks for a form of the session; odd requests break nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = new_test_user(cls.env, "door", groups="base.group_portal")
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.done.close_from_portal = True
        cls.ticket = cls.env["helpdesk.ticket"].create(
            {
                "name": "Please",
                "description": "Please",
                "partner_id": cls.client.partner_id.id,
                "team_id": cls.env["helpdesk.ticket.team"].create({"name": "Team"}).id,
            }
        )

    def setUp(self):
        super().setUp()
        self.authenticate("door", "door")

    def answered(self, url, **kw):
        return self.url_open(url, allow_redirects=False, **kw).status_code

    def routes(self):
        """Yield (path, routing) of ours and of the host about tickets and ratings."""
        thread = threading.current_thread()
        with patch.object(thread, "dbname", self.env.cr.dbname, create=True):
            rules = self.env["ir.http"].routing_map()
        for rule in rules.iter_rules():
            endpoint = rule.endpoint
            modules = {
                cls.__module__.removeprefix("odoo.addons.").split(".")[0]
                for cls in type(endpoint.func.__self__).__mro__
            }
            ours = any(name.startswith(OURS) for name in modules)
            if ours and self.is_about_ours(rule.rule) or "ticket" in rule.rule:
                yield rule.rule, endpoint.routing

    def is_about_ours(self, path):
        ours = ("/rate", "/my/answer", "/my/call-back", "/ticket", "/my/ticket", "/vip")
        return path.startswith(ours)

    def test_no_route_changes_anything_by_a_link(self):
        wrong = [
            path
            for path, routing in self.routes()
            if routing["type"] == "http"
            and path not in SHOWN
            and READING & {*(routing.get("methods") or READING)}
        ]
        self.assertFalse(wrong, "these routes take a link: is nothing changed by it?")

    def test_each_route_that_takes_a_form_asks_for_its_token(self):
        taken = dict(self.routes())
        self.assertIn("/ticket/close", taken)
        self.assertIn("/my/call-back", taken)
        wrong = [
            path
            for path, routing in taken.items()
            if routing["type"] == "http" and not routing.get("csrf", True)
        ]
        self.assertFalse(wrong)

    def test_a_picture_in_a_message_closes_no_ticket(self):
        query = f"ticket_id={self.ticket.id}&stage_id={self.done.id}"
        self.assertEqual(self.answered(f"/ticket/close?{query}"), 405)
        self.assertEqual(
            self.answered(
                "/ticket/close",
                data={"ticket_id": self.ticket.id, "stage_id": self.done.id},
            ),
            400,
        )
        self.assertFalse(self.ticket.closed)

    def test_the_clients_form_closes_it(self):
        view = self.env.ref("helpdesk_mgmt.portal_helpdesk_ticket_page")
        [form] = view._get_combined_arch().xpath(
            "//form[@t-attf-action='/ticket/close']"
        )
        self.assertEqual(form.get("method"), "POST")
        self.assertTrue(form.xpath("input[@name='csrf_token']"))
        data = {
            "ticket_id": self.ticket.id,
            "stage_id": self.done.id,
            "csrf_token": Request.csrf_token(self),
        }
        self.assertIn(self.answered("/ticket/close", data=data), (302, 303))
        self.assertTrue(self.ticket.closed)

    def test_a_link_opens_no_ticket(self):
        before = self.env["helpdesk.ticket"].search_count([])
        self.assertEqual(
            self.answered("/submitted/ticket?subject=A&description=B"), 405
        )
        for odd in (
            {"category": "x"},
            {"category": 10**12},
            {"subject": ""},
            {"subject": "A" * 201},
            {"description": " "},
            {"team": "1\x00"},
        ):
            data = {
                "subject": "A",
                "description": "B\x00",
                "csrf_token": Request.csrf_token(self),
                **odd,
            }
            with self.subTest(**odd):
                self.assertEqual(self.answered("/submitted/ticket", data=data), 422)
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)

    def test_odd_requests_are_answered(self):
        for query in (
            *("sortby=nothing", "sortby=", "sortby=__class__", "filterby=-1"),
            *("groupby=create_uid", "groupby=", "search_in=nobody&search=x"),
            *("search=%25%00%27", "search=%FF%FE", "date_begin=x&date_end=y"),
            *("date_begin=2024-13-45&date_end=2024-01-01", "date_begin=&date_end="),
            *("date_begin=2024-01-01&date_end=2024-02-01", "page=x", "page=-3"),
            "sortby[]=a&filterby[x]=y",
        ):
            with self.subTest(query):
                self.assertEqual(self.answered(f"/my/tickets?{query}"), 200)
        for path in (
            *("/my/tickets/page/0", "/my/tickets/page/99999999999999999999"),
            *("/my/ticket/99999999999999", "/my/ticket/0", "/my/ticket/1/%C3%BC"),
            *("/my/answer/99999999999999999", "/rate/%C3%BC"),
        ):
            with self.subTest(path):
                self.assertLess(self.answered(path), 500)
