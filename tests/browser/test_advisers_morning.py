from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import add_months

from .common import DESK, EachWay
from .story import StoryCase

#: So many others are planned at once.
TEN = 10


@tagged("post_install", "-at_install")
class TestAdvisersMorning(EachWay, StoryCase):
    """Three calls prepared and made, two who fall acted on, ten contacts planned."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adviser = cls._person("morning.adviser", "vip_base.group_vip_adviser")
        cls.today = cls.company._vip_local_date(cls.now)
        cls.called = [cls._mine(f"Morning Call {number}") for number in (1, 2, 3)]
        for number, client in enumerate(cls.called, 1):
            cls._prepare(client, number)
        cls.falling = [cls._mine(f"Morning Fall {number}") for number in (1, 2)]
        for client in cls.falling:
            cls._fall(client)
        cls.others = [cls._mine(f"Morning Ten {number:02}") for number in range(TEN)]
        cls.env.flush_all()

    @classmethod
    def _mine(cls, name):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "client_type": "end",
                "client_number": name.upper().replace(" ", "-"),
                "adviser_id": cls.adviser.id,
            }
        )

    @classmethod
    def _prepare(cls, client, number):
        """A call is planned, somebody left a hint, and the client asks for care."""
        author = {"author_id": cls.agent.id, "recorded_at": cls.now}
        about = {"partner_id": client.id, "company_id": cls.company.id, **author}
        cls.env["vip.client.hint"].create({**about, "text": f"Expects lots {number}"})
        cls.env["vip.client.mark"].create(
            {
                **about,
                "kind": "care",
                "care": "disability",
                "consent": "By letter",
                "text": "Write, do not ring",
                "date_from": cls.today - timedelta(days=9),
            }
        )
        cls.env["vip.contact.plan"].create(
            {
                "partner_ids": client.ids,
                "summary": "Quarter",
                "user_id": cls.adviser.id,
            }
        ).action_plan()

    @classmethod
    def _fall(cls, client):
        """The client is Platinum, and the last month has too little to stay."""
        change = cls.env["vip.tier.change"].create(
            {
                "company_id": cls.company.id,
                "partner_id": client.id,
                "from_tier_id": cls.env.ref("vip_service.tier_silver").id,
                "to_tier_id": cls.env.ref("vip_service.tier_platinum").id,
                "direction": "promotion",
            }
        )
        before = cls.now - timedelta(days=40)
        change.with_user(cls.manager).sudo()._approve(at=before)
        cls.env["vip.activity"].create(
            {
                "company_id": cls.company.id,
                "partner_id": client.id,
                "metric_id": cls.env.ref("vip_service.metric_deposit").id,
                "month": add_months(cls.company._vip_month(cls.now), -1),
                "value": 1000,
            }
        )

    def test_advisers_full_morning(self):
        self.start_tour(
            "/odoo/vip-my-clients",
            "vip_service_advisers_full_morning",
            login="morning.adviser",
        )
        self.env.invalidate_all()
        contacts = self.env["vip.contact"].search(
            [("logged_by_id", "=", self.adviser.id)]
        )
        self.assertEqual(
            sorted(contacts.mapped("note")),
            [f"Spoke to {client.name}" for client in self.called],
        )
        outcomes = self.env["vip.key.point.outcome"].search(
            [("user_id", "=", self.adviser.id)]
        )
        self.assertEqual(outcomes.mapped("outcome"), ["useful"] * len(self.called))
        shown = self.env["vip.key.point.showing"].search(
            [("user_id", "=", self.adviser.id), ("key", "like", "hint:%")]
        )
        self.assertEqual(len(shown), len(self.called))
        planned = self.planned()
        for client in self.falling:
            self.assertEqual(planned.pop(client.id), "Keeps its tier")
        if self.way.width >= DESK:
            self.assertEqual(
                planned, {client.id: "New year's plans" for client in self.others}
            )

    def planned(self):
        """Return {client id: what for} of what the adviser has to do yet."""
        activities = self.env["mail.activity"].search(
            [("user_id", "=", self.adviser.id), ("res_model", "=", "res.partner")]
        )
        return {one.res_id: one.summary for one in activities}
