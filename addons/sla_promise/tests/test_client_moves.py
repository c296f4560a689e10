from odoo.addons.vip_base.tools.times import at_context

from .common import SlaCase, minutes


class TestClientMoves(SlaCase):
    """A contact counts as its client, and what is open follows it to another client."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"]
        cls.top = cls.env.ref("vip_service.tier_diamond")
        cls.key = partners.create({"name": "Key client", "client_type": "end"})
        cls.branch = partners.create(
            {"name": "Branch", "is_company": True, "parent_id": cls.key.id}
        )
        cls.clerk = partners.create({"name": "Clerk", "parent_id": cls.branch.id})
        cls.env["vip.tier.membership"].create(
            {
                "company_id": cls.env.company.id,
                "partner_id": cls.key.id,
                "tier_id": cls.top.id,
                "date_from": "2024-01-01",
            }
        )
        # By default the earlier due time wins, whoever the client is.
        cls.policy.target_ids.rematch = "restart"
        cls.make_policy(
            "Key clients",
            resolution=15,
            client_scope="tiers",
            tier_ids=[(6, 0, cls.top.ids)],
        )

    def test_a_ticket_of_a_branch_is_one_of_its_company(self):
        for contact in self.branch, self.clerk:
            ticket = self.ticket(partner_id=contact.id)
            self.assertEqual(ticket.commercial_partner_id, self.key)
            self.assertEqual(ticket.vip_tier_id, self.top)
            self.assertEqual(self.clock(ticket).due_at, minutes(15))

    def test_a_branch_that_is_a_client_itself_counts_for_itself(self):
        self.branch.client_type = "agent"
        ticket = self.ticket(partner_id=self.clerk.id)
        self.assertEqual(ticket.commercial_partner_id, self.branch)
        self.assertNotEqual(ticket.vip_tier_id, self.top)

    def test_what_the_branch_says_is_heard_as_the_clients_word(self):
        ticket = self.ticket(partner_id=self.key.id)
        ticket.message_post(
            body="Still here", author_id=self.clerk.id, message_type="comment"
        )
        self.assertFalse(ticket.contact_ids.outgoing)
        self.assertEqual(len(ticket.contact_ids), 1)

    def moved(self, values, contact=None):
        """Move a contact at minute 5; return its open ticket of minute 0 and a closed."""
        contact = contact or self.clerk
        opened, closed = self.tickets(2, partner_id=contact.id)
        self.move(closed, minutes(1), self.done)
        contact.with_context(**at_context(minutes(5))).write(values)
        return opened, closed

    def test_the_open_tickets_of_a_contact_follow_it_to_another_client(self):
        ordinary = self.env["res.partner"].create(
            {"name": "Ordinary", "client_type": "end"}
        )
        opened, closed = self.moved({"parent_id": ordinary.id})
        self.assertEqual(opened.commercial_partner_id, ordinary)
        self.assertNotEqual(opened.vip_tier_id, self.top)
        self.assertEqual(self.clock(opened).policy_id, self.policy)
        self.assertEqual(closed.vip_tier_id, self.top)
        self.assertEqual(self.clock(closed).state, "met")

    def test_a_contact_that_comes_to_a_key_client_has_its_tier_of_now(self):
        clerk = self.env["res.partner"].create(
            {"name": "New clerk", "parent_id": self.client.id}
        )
        opened, _closed = self.moved({"parent_id": self.key.id}, clerk)
        self.assertEqual(self.clock(opened).policy_id.name, "Key clients")
        old = opened.clock_ids.filtered(
            lambda c: c.metric == "resolution" and c.state == "cancelled"
        )
        self.assertTrue(old.replaced_by_id)

    def test_a_branch_that_leaves_takes_its_peoples_tickets_along(self):
        opened = self.ticket(partner_id=self.clerk.id)
        self.branch.with_context(**at_context(minutes(5))).parent_id = False
        self.assertEqual(opened.commercial_partner_id, self.branch)
        self.assertFalse(opened.vip_tier_id)
        self.assertEqual(self.clock(opened).policy_id, self.policy)

    def test_a_company_that_becomes_a_client_brings_its_branches(self):
        house = self.env["res.partner"].create({"name": "House", "is_company": True})
        branch = self.env["res.partner"].create(
            {"name": "Its branch", "is_company": True, "parent_id": house.id}
        )
        ticket = self.ticket(partner_id=branch.id)
        self.assertEqual(ticket.commercial_partner_id, branch)
        house.client_type = "end"
        self.assertEqual(ticket.commercial_partner_id, house)
        self.assertTrue(ticket.vip_tier_id)

    def merge(self, into, other):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard = wizard.with_context(**at_context(minutes(5)))
        wizard._merge([into.id, other.id], into, extra_checks=False)
        self.env.invalidate_all()

    def test_a_merge_takes_tickets_along_to_the_client_that_is_left(self):
        contact = self.env["res.partner"].create(
            {"name": "Clerk again", "parent_id": self.client.id}
        )
        ticket = self.ticket(partner_id=contact.id)
        self.assertEqual(self.clock(ticket).policy_id, self.policy)
        self.merge(self.clerk, contact)
        self.assertEqual(ticket.partner_id, self.clerk)
        self.assertEqual(ticket.commercial_partner_id, self.key)
        self.assertEqual(ticket.vip_tier_id, self.top)
        self.assertEqual(self.clock(ticket).policy_id.name, "Key clients")

    def test_a_merge_of_clients_takes_the_tickets_of_their_contacts_along(self):
        contact = self.env["res.partner"].create(
            {"name": "Somebody", "parent_id": self.client.id}
        )
        ticket = self.ticket(partner_id=contact.id)
        self.merge(self.key, self.client)
        self.assertEqual(contact.commercial_partner_id, self.key)
        self.assertEqual(ticket.commercial_partner_id, self.key)
        self.assertEqual(self.clock(ticket).policy_id.name, "Key clients")

    def test_the_clients_page_counts_what_its_branches_asked(self):
        self.ticket(partner_id=self.clerk.id)
        page = self.key._client_360_requests()
        self.assertEqual(page["open_count"], 1)
        self.assertEqual(self.branch._client_360_client(), self.key)
        self.assertEqual(self.clerk.vip_tier_id, self.top)
        found = self.env["res.partner"].search(
            [("vip_tier_id", "=", self.top.id), ("id", "child_of", self.key.id)]
        )
        self.assertEqual(found, self.key + self.branch + self.clerk)
