from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .common import VipCase


class TestMayOwn(VipCase):
    """Who may hold a request of a key client is said by addons, and asked on assigning."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key = cls.client("K-1")
        cls.regular = cls.client("R-1")
        cls.env["vip.tier.membership"].create(
            {
                "company_id": cls.company.id,
                "partner_id": cls.key.id,
                "tier_id": cls.diamond.id,
                "date_from": "2020-01-01",
            }
        )
        cls.agent = new_test_user(
            cls.env,
            "may.own",
            groups="helpdesk_mgmt.group_helpdesk_user",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.manager = cls.users["manager"]

    def request(self, client, **values):
        return self.env["helpdesk.ticket"].create(
            {
                "name": "Please",
                "description": "Please",
                "partner_id": client.id,
                "company_id": self.company.id,
                **values,
            }
        )

    def barring(self, *reasons):
        tickets = type(self.env["helpdesk.ticket"])
        bars = lambda _self, user: list(reasons) if user == self.agent else []  # noqa: E731
        return patch.object(tickets, "_bars_to_hold", bars)

    def test_who_is_barred_does_not_get_a_key_clients_request(self):
        ticket = self.request(self.key).with_user(self.manager)
        with self.barring("The assessment is missing."):
            with self.assertRaisesRegex(UserError, "The assessment is missing"):
                ticket.user_id = self.agent
            with self.assertRaises(UserError):
                self.env["helpdesk.ticket"].with_user(self.manager).create(
                    {
                        "name": "Please",
                        "description": "Please",
                        "partner_id": self.key.id,
                        "company_id": self.company.id,
                        "user_id": self.agent.id,
                    }
                )
            ticket.user_id = self.manager
        ticket.user_id = self.agent

    def test_a_regular_clients_request_is_not_asked_about(self):
        ticket = self.request(self.regular).with_user(self.manager)
        with self.barring("The assessment is missing."):
            ticket.user_id = self.agent
        self.assertEqual(ticket.user_id, self.agent)

    def test_who_may_hold_it_is_told_beforehand(self):
        people = self.agent + self.manager
        with self.barring("The assessment is missing."):
            self.assertEqual(self.request(self.key)._may_hold(people), self.manager)
            self.assertEqual(self.request(self.regular)._may_hold(people), people)

    def test_nobody_holds_a_request_of_the_client_that_he_is_of(self):
        self.agent.partner_id.parent_id = self.key
        ticket = self.request(self.key).with_user(self.manager)
        with self.assertRaisesRegex(UserError, "is of this client"):
            ticket.user_id = self.agent
