from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from .common import SlaCase, minutes

MODELS = (
    "sla.clock",
    "vip.contact",
    "sla.span",
    "sla.breach",
    "sla.notice",
    "sla.excuse",
    "sla.escalation",
    "sla.escalation.level",
    "sla.breach.reason",
    "sla.policy",
    "sla.target",
    "sla.start",
)


@tagged("post_install", "-at_install")
class TestSlaAccess(SlaCase):
    """Who sees promises and breaches, and who may decide."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "portal.sla", groups="base.group_portal")
        cls.own = new_test_user(
            cls.env, "own.sla", groups="helpdesk_mgmt.group_helpdesk_user_own"
        )
        cls.auditor = new_test_user(
            cls.env, "auditor.sla", groups="vip_base.group_vip_auditor"
        )
        cls.admin = new_test_user(
            cls.env, "admin.sla", groups="vip_base.group_vip_admin"
        )
        cls.clerk = new_test_user(cls.env, "clerk.sla", groups="base.group_user")

    def setUp(self):
        super().setUp()
        self.mine = self.ticket(
            user_id=self.bob.id, partner_id=self.portal.partner_id.id
        )
        self.theirs = self.ticket(team_id=self.other_team.id, user_id=self.bob.id)
        self.due(minutes(61))

    def seen(self, user, model):
        domain = [("ticket_id", "in", (self.mine + self.theirs).ids)]
        return self.env[model].with_user(user).search(domain).ticket_id

    def test_agents_see_the_promises_of_their_tickets(self):
        for model in ("sla.clock", "sla.span", "sla.breach"):
            with self.subTest(model):
                self.assertEqual(self.seen(self.ann, model), self.mine)
                self.assertEqual(self.seen(self.bob, model), self.mine + self.theirs)
                self.assertFalse(self.seen(self.own, model))
                self.assertEqual(self.seen(self.boss, model), self.mine + self.theirs)
                self.assertEqual(
                    self.seen(self.auditor, model), self.mine + self.theirs
                )

    def test_advisers_see_the_promises_of_their_clients(self):
        adviser = new_test_user(
            self.env, "adviser.sla", groups="vip_base.group_vip_adviser"
        )
        for model in ("sla.clock", "sla.span", "sla.breach", "sla.notice"):
            with self.subTest(model):
                self.assertFalse(self.seen(adviser, model))
        self.mine.partner_id.commercial_partner_id.adviser_id = adviser
        for model in ("sla.clock", "sla.span", "sla.breach", "sla.notice"):
            with self.subTest(model):
                self.assertEqual(self.seen(adviser, model), self.mine)

    def test_others_see_nothing(self):
        for user in (self.portal, self.clerk):
            for model in MODELS:
                with self.subTest(user=user.login, model=model):
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search([])

    def test_portal_reads_none_of_our_fields(self):
        records = {
            self.mine: (
                "clock_ids",
                "contact_ids",
                "span_ids",
                "sla_due_at",
                "sla_paused",
                "sla_clock_info",
            ),
            self.work: ("waiting_on", "solved", "cancels"),
            self.item: ("promised_regular", "promised_key"),
        }
        self.assertTrue(self.mine.with_user(self.portal).read(["name"]))
        for record, names in records.items():
            for name in names:
                with self.subTest(name), self.assertRaises(AccessError):
                    record.with_user(self.portal).read([name])

    def test_nobody_writes_what_the_clocks_write(self):
        for model in ("sla.clock", "sla.span", "sla.notice"):
            record = self.env[model].search([], limit=1)
            with self.subTest(model), self.assertRaises(AccessError):
                record.with_user(self.admin).write({"ticket_id": self.theirs.id})
        breach = self.breaches(self.mine)[0]
        for values in ({"state": "withdrawn"}, {"overrun_seconds": 0}):
            with self.subTest(values), self.assertRaises(AccessError):
                breach.with_user(self.admin).write(values)
        with self.assertRaises(AccessError):
            breach.with_user(self.admin).unlink()
        for name in ("first_response_at", "sla_due_at", "sla_paused"):
            with self.subTest(name), self.assertRaises(AccessError):
                self.mine.with_user(self.bob).write({name: minutes(1)})

    def test_only_administrators_configure(self):
        with self.assertRaises(AccessError):
            self.policy.with_user(self.boss).name = "Mine"
        self.policy.with_user(self.admin).name = "Ours"
        with self.assertRaises(AccessError):
            self.policy.with_user(self.auditor).target_ids.duration = 1

    def test_companies_are_separate(self):
        other = self.env["res.company"].create({"name": "Other"})
        ticket = self.ticket(company_id=other.id, team_id=False, user_id=False)
        self.due(minutes(61))
        for model in ("sla.clock", "sla.span", "sla.breach"):
            found = self.env[model].with_user(self.boss).search([])
            self.assertNotIn(ticket, found.ticket_id.sudo(), model)

    def test_agent_works_a_ticket_without_other_rights(self):
        ticket = self.mine.with_user(self.bob)
        ticket.write({"stage_id": self.awaiting.id})
        self.assertTrue(ticket.sla_clock_info)
        self.assertTrue(ticket.clock_ids[0]._explain())
        self.assertIn("<table", ticket.clock_ids[0].explanation)
        with self.assertRaises(AccessError):
            self.clock(self.theirs).with_user(self.ann)._explain()


@tagged("post_install", "-at_install")
class TestTicketClose(HttpCase):
    """A ticket is closed in the portal only by who may see it."""

    def setUp(self):
        super().setUp()
        self.client = new_test_user(self.env, "client.sla", groups="base.group_portal")
        self.stranger = new_test_user(
            self.env, "stranger.sla", groups="base.group_portal"
        )
        self.done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Please",
                "description": "Please",
                "partner_id": self.client.partner_id.id,
            }
        )

    def close(self, login, **values):
        self.authenticate(login, login)
        query = {"ticket_id": self.ticket.id, "stage_id": self.done.id, **values}
        query["csrf_token"] = Request.csrf_token(self)
        return self.url_open(
            "/ticket/close", data=query, allow_redirects=False
        ).status_code

    def test_stranger_cannot_close(self):
        self.assertEqual(self.close("stranger.sla"), 404)
        self.assertFalse(self.ticket.closed)

    def test_client_closes_own_ticket(self):
        self.assertIn(self.close("client.sla"), (302, 303))
        self.assertTrue(self.ticket.closed)
        self.assertTrue(self.ticket.first_response_at)

    def test_bad_requests_change_nothing(self):
        work = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
        sent_back, refused = (302, 303), (404,)
        for values, answers in (
            ({"stage_id": work.id}, sent_back),
            ({"stage_id": 987654321}, sent_back),
            ({"stage_id": "x"}, refused),
            ({"ticket_id": 0}, refused),
        ):
            with self.subTest(values):
                self.assertIn(self.close("client.sla", **values), answers)
        self.assertNotEqual(self.ticket.stage_id, work)
        self.assertFalse(self.ticket.closed)
