import json
from types import SimpleNamespace
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from odoo.addons.bus.models import ir_websocket
from odoo.addons.bus.models.bus import channel_with_db

from .common import VipCase


class TestLive(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls._agent("live.agent")
        cls.colleague = cls._agent("live.colleague")
        cls.team, cls.other = cls.env["helpdesk.ticket.team"].create(
            [
                {
                    "name": name,
                    "company_id": cls.company.id,
                    "user_ids": [Command.set(user.ids)],
                }
                for name, user in (("Desk", cls.agent), ("Other", cls.colleague))
            ]
        )
        cls.ticket = cls._ticket(cls.team)
        cls.env.cr.flush()

    @classmethod
    def _agent(cls, login):
        return new_test_user(
            cls.env,
            login,
            groups="helpdesk_mgmt.group_helpdesk_user_team",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _ticket(cls, team):
        return cls.env["helpdesk.ticket"].create(
            {
                "name": "Help",
                "description": "Please",
                "team_id": team and team.id,
                "company_id": cls.company.id,
            }
        )

    def told(self, work):
        """Return the notices that the transaction sends after ``work``: channel → ids."""
        self.env.cr.flush()
        last = self.env["bus.bus"].search([], order="id desc", limit=1).id or 0
        work()
        self.env.cr.flush()
        found = {}
        for row in self.env["bus.bus"].search([("id", ">", last)]):
            message = json.loads(row.message)
            if message["type"] == "vip_live":
                _database, *channel = json.loads(row.channel)
                self.assertNotIn(tuple(channel), found, "one notice for each channel")
                self.assertEqual(set(message["payload"]), {"by", "ids"})
                found[tuple(channel)] = message["payload"]["ids"]
        return found

    def heard(self, user, *asked):
        """Return the channels that ``user`` is let listen to, of those asked for."""
        ours = SimpleNamespace(session=SimpleNamespace(uid=user.id))
        with patch.object(ir_websocket, "wsrequest", ours):
            channels = self.env["ir.websocket"].with_user(user)
            heard = channels._build_bus_channel_list(list(asked))
        # As the bus names them: records of different models do not compare.
        return {channel_with_db("", channel) for channel in heard}

    def channel(self, record):
        return ("", record._name, record.id)

    def test_a_change_is_one_notice_of_ids_to_the_team(self):
        def work():
            self.ticket.name = "Help me"
            self.ticket.user_id = self.agent
            self.ticket.priority = "3"

        desk = ("helpdesk.ticket.team", self.team.id)
        self.assertEqual(self.told(work), {desk: {"helpdesk.ticket": [self.ticket.id]}})

    def test_nothing_is_told_of_what_does_not_change(self):
        self.assertEqual(self.told(lambda: self.ticket.read(["name"])), {})

    def test_a_new_ticket_and_many_of_them_are_one_notice(self):
        made = []
        told = self.told(lambda: made.append(self._ticket(self.team)))
        [ids] = told.values()
        self.assertEqual(ids, {"helpdesk.ticket": made[0].ids})
        with patch("odoo.addons.vip_base.models.vip_live.MOST", 2):
            told = self.told(lambda: [self._ticket(self.team) for _ in range(3)])
        self.assertEqual(list(told.values()), [{"helpdesk.ticket": False}])

    def test_both_teams_hear_of_a_move_and_the_last_one_of_a_deletion(self):
        def move():
            self.ticket.team_id = self.other

        ids = {"helpdesk.ticket": [self.ticket.id]}
        desks = {("helpdesk.ticket.team", team.id) for team in self.team + self.other}
        self.assertEqual(self.told(move), dict.fromkeys(desks, ids))
        told = self.told(self.ticket.unlink)
        self.assertEqual(told, {("helpdesk.ticket.team", self.other.id): ids})

    def test_without_a_team_the_company_hears(self):
        made = []
        told = self.told(lambda: made.append(self._ticket(None)))
        of_company = ("res.company", self.company.id)
        self.assertEqual(told, {of_company: {"helpdesk.ticket": made[0].ids}})

    def test_people_listen_to_their_own_teams(self):
        team, other = map(self.channel, (self.team, self.other))
        heard = self.heard(self.agent, "vip_live")
        self.assertLessEqual({team, self.channel(self.company)}, heard)
        self.assertNotIn(other, heard)
        for role in ("manager", "auditor"):
            heard = self.heard(self.users[role], "vip_live")
            self.assertLessEqual({team, other}, heard)

    def test_who_opens_a_ticket_of_another_team_listens_to_that(self):
        name = f"vip_live/helpdesk.ticket.team/{self.other.id}"
        self.assertIn(self.channel(self.other), self.heard(self.agent, name))

    def test_nobody_listens_to_what_he_may_not_read(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        hidden = self.env["helpdesk.ticket.team"].create(
            {"name": "Hidden", "company_id": elsewhere.id}
        )
        usual = self.heard(self.agent)
        for name in (
            f"vip_live/helpdesk.ticket.team/{hidden.id}",
            f"vip_live/res.company/{elsewhere.id}",
            f"vip_live/res.partner/{self.colleague.partner_id.id}",
            "vip_live/helpdesk.ticket.team/x",
        ):
            with self.subTest(name=name):
                self.assertEqual(self.heard(self.agent, name), usual)

    def test_a_name_is_no_channel(self):
        heard = self.heard(self.agent, "vip_live", "vip_live/a/b/c")
        names = {channel[1] for channel in heard if len(channel) == 2}
        self.assertFalse({name for name in names if "vip_live" in str(name)})

    def test_a_client_listens_to_nothing_of_ours(self):
        client = new_test_user(self.env, "live.client", groups="base.group_portal")
        usual = self.heard(client)
        for name in ("vip_live", f"vip_live/helpdesk.ticket.team/{self.team.id}"):
            self.assertEqual(self.heard(client, name), usual)

    def here(self, user, doing="reading", ticket=None):
        """Return what is sent when ``user`` says what it does: [(channel, payload)]."""
        self.env.cr.flush()
        last = self.env["bus.bus"].search([], order="id desc", limit=1).id or 0
        ticket = ticket or self.ticket
        self.env["vip.presence"].with_user(user).here(
            "helpdesk.ticket", ticket.id, doing
        )
        self.env.cr.flush()
        rows = self.env["bus.bus"].search([("id", ">", last)])
        return [
            (tuple(json.loads(row.channel)[1:]), json.loads(row.message))
            for row in rows
        ]

    def test_somebody_is_told_to_be_here_by_ids_only_on_the_ticket_itself(self):
        [(channel, message)] = self.here(self.agent, "typing")
        self.assertEqual(channel, ("helpdesk.ticket", self.ticket.id))
        self.assertEqual(message["type"], "vip_here")
        self.assertEqual(
            message["payload"],
            {"by": self.agent.id, "id": self.ticket.id, "doing": "typing"},
        )

    def test_who_may_not_read_a_ticket_says_and_hears_nothing_of_it(self):
        name = f"vip_live/helpdesk.ticket/{self.ticket.id}"
        other = self.new_user("agent", login="live.other")
        self.assertIn(self.channel(self.ticket), self.heard(self.agent, name))
        self.assertNotIn(self.channel(self.ticket), self.heard(other, name))
        with self.assertRaises(AccessError):
            self.here(other)
        client = new_test_user(self.env, "live.portal", groups="base.group_portal")
        self.assertNotIn(self.channel(self.ticket), self.heard(client, name))
        with self.assertRaises(AccessError):
            self.here(client)

    def test_of_nothing_else_is_anybody_told(self):
        presence = self.env["vip.presence"].with_user(self.agent)
        for model, doing in (("res.partner", "reading"), ("helpdesk.ticket", "<b>")):
            with self.assertRaises(UserError):
                presence.here(model, self.ticket.id, doing)
