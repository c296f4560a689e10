"""A small story for the browser: two clients, one of them with requests."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user

from odoo.addons.vip_base.tools.times import add_months, event_time

from .common import BrowserCase


class StoryCase(BrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = event_time(cls.env)
        cls.company = cls.env.company
        cls.manager = cls._person("tour.manager", "vip_base.group_vip_manager")
        cls.agent = cls._person("tour.agent", "helpdesk_mgmt.group_helpdesk_user_team")
        cls.month = add_months(cls.company._vip_month(cls.now), -1)
        cls.trading, cls.futures = cls.env["res.partner"].create(
            [
                {
                    "name": "Tour Trading",
                    "client_type": "end",
                    "client_number": "TOUR-1",
                    "adviser_id": cls.manager.id,
                },
                {
                    "name": "Tour Futures",
                    "client_type": "agent",
                    "client_number": "TOUR-2",
                },
            ]
        )
        cls._rise(cls.trading, deposit=600000, volume=900)._approve()
        cls.proposal = cls._rise(cls.futures, deposit=2000000, volume=900)
        cls._open_requests()
        cls.env.flush_all()

    @classmethod
    def _person(cls, login, group):
        return new_test_user(cls.env, login, groups=f"base.group_user,{group}")

    @classmethod
    def _rise(cls, partner, **figures):
        """Give ``partner`` figures for the last month; return what they propose."""
        cls.env["vip.activity"].create(
            [
                {
                    "company_id": cls.company.id,
                    "partner_id": partner.id,
                    "metric_id": cls.env.ref(f"vip_service.metric_{code}").id,
                    "month": cls.month,
                    "value": value,
                }
                for code, value in figures.items()
            ]
        )
        tier = "platinum" if figures["deposit"] < 1000000 else "diamond"
        change = cls.env["vip.tier.change"].create(
            {
                "company_id": cls.company.id,
                "partner_id": partner.id,
                "from_tier_id": cls.env.ref("vip_service.tier_silver").id,
                "to_tier_id": cls.env.ref(f"vip_service.tier_{tier}").id,
                "direction": "promotion",
            }
        )
        return change.with_user(cls.manager)

    @classmethod
    def _open_requests(cls):
        """One request with time left, one that is late since an hour."""
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Tour team", "user_ids": [Command.set(cls.agent.ids)]}
        )
        cls.item = cls.env["helpdesk.ticket.category"].create({"name": "Tour item"})
        cls.env["sla.policy"].create(
            {
                "name": "Around the clock",
                "category_ids": [Command.set(cls.item.ids)],
                "target_ids": [
                    Command.create(
                        {
                            "metric": "resolution",
                            "duration": 50,
                            "calendar_mode": "always",
                        }
                    )
                ],
            }
        )
        cls.open_ticket = cls._request("Unlock my login", minutes=5)
        cls.late_ticket = cls._request("Close my account", minutes=110)
        cls.env["sla.clock"]._process_due(cls.now)

    @classmethod
    def _request(cls, name, minutes, **values):
        """A request of Tour Trading that was made ``minutes`` ago."""
        tickets = cls.env["helpdesk.ticket"]
        return tickets._at(cls.now - timedelta(minutes=minutes)).create(
            {
                "name": name,
                "description": name,
                "partner_id": cls.trading.id,
                "team_id": cls.team.id,
                "user_id": cls.agent.id,
                "category_id": cls.item.id,
                **values,
            }
        )

    @classmethod
    def award(cls, points, reason):
        """Let the agent gain points now."""
        return cls.env["score.entry"].create(
            {
                "company_id": cls.company.id,
                "user_id": cls.agent.id,
                "kind": "award",
                "points": points,
                "reason": reason,
                "occurred_at": fields.Datetime.now(),
            }
        )

    @classmethod
    def charge(cls, points):
        """Charge the agent, as a rule would; it is posted."""
        entry = cls.env["score.entry"].create(
            {
                "company_id": cls.company.id,
                "user_id": cls.agent.id,
                "kind": "deduction",
                "points": -points,
                "occurred_at": cls.now,
                "source_key": "tour",
                "reason": "Late",
            }
        )
        entry._post(cls.now)
        return entry
