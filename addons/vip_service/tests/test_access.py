from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests import Form

from odoo.addons.vip_base.tests.access import AccessMatrixMixin, models_of

from .common import JANUARY, VipCase

CONFIG = {
    "agent": "r",
    "adviser": "r",
    "manager": "r",
    "admin": "crwu",
    "auditor": "r",
}
TABLE = {
    "vip.metric": CONFIG,
    "vip.tier": CONFIG,
    "vip.tier.criterion": CONFIG,
    "vip.ladder.version": {**CONFIG, "admin": "rwu"},
    "vip.ladder.rung": CONFIG,
    "vip.ladder.criterion": CONFIG,
    "vip.ladder.plan": {**CONFIG, "admin": "rw"},
    "vip.entitlement": CONFIG,
    "vip.unit": CONFIG,
    "vip.unit.team": {"manager": "r", "admin": "r", "auditor": "r"},
    "vip.client.alias": {
        "agent": "r",
        "adviser": "r",
        "manager": "r",
        "admin": "r",
        "auditor": "r",
    },
    "vip.company.currency": {"manager": "r", "admin": "crwu", "auditor": "r"},
    "vip.activity.waiting": {"manager": "r", "admin": "r", "auditor": "r"},
    "vip.activity": {"adviser": "r", "manager": "r", "admin": "r", "auditor": "r"},
    "vip.activity.import": {"manager": "crw", "admin": "crwu", "auditor": "r"},
    "vip.client.import": {"manager": "crw", "admin": "crwu", "auditor": "r"},
    "vip.source": {"manager": "r", "admin": "crwu", "auditor": "r"},
    "vip.source.column": {"manager": "r", "admin": "crwu", "auditor": "r"},
    "vip.source.delivery": {"manager": "r", "admin": "r", "auditor": "r"},
    "vip.lifecycle": {
        "agent": "r",
        "adviser": "r",
        "manager": "r",
        "admin": "r",
        "auditor": "r",
    },
    "vip.tier.review": {"manager": "crw", "admin": "crwu", "auditor": "r"},
    "vip.tier.verdict": {"adviser": "r", "manager": "r", "admin": "r", "auditor": "r"},
    "vip.tier.correction": {"manager": "r", "admin": "r", "auditor": "r"},
    "vip.tier.review.reason": {"manager": "crwu", "admin": "crwu"},
    "vip.tier.outlook": {"adviser": "r", "manager": "r", "admin": "r", "auditor": "r"},
    "vip.tier.backtest": {"manager": "crwu", "admin": "crwu", "auditor": "r"},
    "vip.tier.backtest.criterion": {"manager": "crwu", "admin": "crwu", "auditor": "r"},
    "vip.tier.backtest.tier": {"manager": "crwu", "admin": "crwu", "auditor": "r"},
    "vip.tier.backtest.line": {"manager": "r", "admin": "r", "auditor": "r"},
    "vip.tier.backtest.today": {"manager": "r", "admin": "r", "auditor": "r"},
    "vip.tier.backtest.ticket": {"manager": "r", "admin": "r", "auditor": "r"},
    "vip.tier.change": {
        "adviser": "cr",
        "manager": "crw",
        "admin": "crw",
        "auditor": "r",
    },
    "vip.tier.membership": {
        "agent": "r",
        "adviser": "r",
        "manager": "r",
        "admin": "r",
        "auditor": "r",
    },
    "vip.entitlement.use": {
        "agent": "cr",
        "adviser": "cr",
        "manager": "crw",
        "admin": "crwu",
        "auditor": "r",
    },
    "vip.tier.change.decision": {"manager": "crwu", "admin": "crwu"},
    "vip.tier.opinion": {"adviser": "crwu", "manager": "crwu", "admin": "crwu"},
    "vip.client.group": {
        "adviser": "r",
        "manager": "crw",
        "admin": "crwu",
        "auditor": "r",
    },
    "vip.client.group.member": {
        "adviser": "r",
        "manager": "crwu",
        "admin": "crwu",
        "auditor": "r",
    },
    "vip.client.group.end": {"manager": "crwu", "admin": "crwu"},
    # About no ticket, and logged by somebody else.
    "vip.contact": {"adviser": "r", "manager": "r", "admin": "r", "auditor": "r"},
    # Recorded by somebody else, of nobody's ticket.
    "vip.late.contact": {"manager": "rw", "admin": "rw", "auditor": "r"},
    "vip.dimension": CONFIG,
    # About a request that somebody else held.
    **dict.fromkeys(
        ("vip.question", "vip.answer", "vip.answer.grade", "vip.answer.words"),
        {"adviser": "r", "manager": "r", "admin": "r", "auditor": "r"},
    ),
    "vip.question.key": {},
    # Of somebody else: what one does later is nobody's business.
    "vip.put.off": {},
    "vip.answer.import": {"manager": "crw", "admin": "crwu", "auditor": "r"},
    "vip.answer.entry": {"manager": "crwu", "admin": "crwu"},
    "vip.answer.entry.line": {"manager": "crwu", "admin": "crwu"},
    "vip.key.point.rule": CONFIG,
    "vip.key.point.condition": CONFIG,
    "vip.client.hint": {
        "agent": "crw",
        "adviser": "crw",
        "manager": "crw",
        "admin": "crw",
        "auditor": "r",
    },
    **dict.fromkeys(
        ("vip.key.point.outcome", "vip.key.point.retired"),
        dict.fromkeys(("agent", "adviser", "manager", "admin", "auditor"), "r"),
    ),
    **dict.fromkeys(
        ("vip.key.point.showing", "vip.health.backtest.row"),
        dict.fromkeys(("manager", "admin", "auditor"), "r"),
    ),
    "vip.health.measure": {"manager": "r", "admin": "rw", "auditor": "r"},
    **{
        name: {
            "agent": "r",
            "adviser": "cr",
            "manager": "cr",
            "admin": "cr",
            "auditor": "r",
        }
        for name in ("vip.health.override", "vip.client.mark", "vip.client.check")
    },
    "vip.health.backtest": {"manager": "crwu", "admin": "crwu", "auditor": "r"},
    "vip.contact.log": {
        "agent": "crwu",
        "adviser": "crwu",
        "manager": "crwu",
        "admin": "crwu",
    },
}
# All levels of the helpdesk are agents here, and no more than that.
for cells in TABLE.values():
    for role in "leader", "helpdesk", "host_admin":
        cells[role] = cells.get("agent", "")
for window in "vip.contact.plan", "vip.letter":
    TABLE[window] = dict.fromkeys(("adviser", "manager", "admin"), "crwu")
WIZARDS = (
    "vip.contact.plan",
    "vip.letter",
    "vip.tier.review.reason",
    *(
        "vip.tier.opinion",
        "vip.tier.change.decision",
        "vip.client.group.end",
        "vip.contact.log",
    ),
    *("vip.answer.entry", "vip.answer.entry.line"),
)
#: Who reads the contacts of a ticket that the agent holds.
OF_TICKET = dict.fromkeys(
    ("agent", "helpdesk", "host_admin", "manager", "admin", "auditor"), "r"
)


class TestAccess(AccessMatrixMixin, VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.client("OWN", adviser_id=cls.users["adviser"].id)
        cls.foreign = cls.client("FOREIGN")
        for client in cls.own, cls.foreign:
            cls.fact(client, JANUARY, deposit=600_000, volume=300)

    def _unit_of_a_team(self):
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "Of a branch", "company_id": self.company.id}
        )
        team.unit_id = self.env["vip.unit"].create({"name": "Branch"})
        return self.env["vip.unit.team"].search([("team_id", "=", team.id)])

    def _records(self, client):
        """Return one record of each model, about ``client``."""
        change = self.promote(client, self.platinum)
        entitlement = self.env["vip.entitlement"].create(
            {"name": "Concierge", "tier_id": self.silver.id}
        )
        env = self.env
        return {
            "vip.metric": self.deposit,
            "vip.unit": env["vip.unit"].create({"name": "Branch"}),
            "vip.unit.team": self._unit_of_a_team(),
            "vip.company.currency": env["vip.company.currency"].create(
                {
                    "month": "2199-01-01",
                    "currency_id": env.ref("base.EUR").id,
                    "rate": 2,
                }
            ),
            "vip.activity.waiting": env["vip.activity.waiting"].create(
                {
                    "company_id": self.company.id,
                    "partner_id": client.id,
                    "metric_id": self.deposit.id,
                    "month": JANUARY,
                    "value": 1,
                    "currency_id": env.ref("base.EUR").id,
                    "recorded_at": env.cr.now(),
                }
            ),
            "vip.client.alias": env["vip.client.alias"].create(
                {"partner_id": client.id, "recorded_at": env.cr.now()}
            ),
            "vip.tier": self.diamond,
            "vip.tier.criterion": self.diamond.criterion_ids[0],
            "vip.entitlement": entitlement,
            "vip.activity": env["vip.activity"].search(
                [("partner_id", "=", client.id)], limit=1
            ),
            "vip.activity.import": env["vip.activity.import"].create({}),
            **self._source_records(),
            "vip.client.import": env["vip.client.import"].create({}),
            "vip.lifecycle": env["vip.lifecycle"].create(
                {
                    "company_id": self.company.id,
                    "partner_id": client.id,
                    "state": "active",
                    "date_from": JANUARY,
                }
            ),
            "vip.tier.review": env["vip.tier.review"].create({"month": JANUARY}),
            "vip.tier.verdict": env["vip.tier.verdict"].create(
                {
                    "review_id": env["vip.tier.review"]
                    .create({"month": JANUARY, "trial": True})
                    .id,
                    "company_id": self.company.id,
                    "partner_id": client.id,
                    "tier_id": self.platinum.id,
                    "target_id": self.silver.id,
                    "outcome": "grace",
                    "figures": [],
                }
            ),
            "vip.tier.correction": self._correction(client),
            "vip.tier.review.reason": env["vip.tier.review.reason"],
            "vip.tier.outlook": env["vip.tier.outlook"].search(
                [("partner_id", "=", client.id)]
            ),
            **self._backtest_records(client),
            **self._group_records(client),
            "vip.contact": self._contact(partner_id=client.id),
            "vip.late.contact": self._late_contact(client),
            "vip.contact.plan": env["vip.contact.plan"].create(
                {"partner_ids": client.ids, "summary": "Call"}
            ),
            "vip.letter": env["vip.letter"].create({"partner_ids": client.ids}),
            "vip.contact.log": env["vip.contact.log"].create(
                {"partner_id": client.id, "note": "Called"}
            ),
            "vip.tier.change": change,
            "vip.tier.membership": env["vip.tier.membership"].search(
                [("partner_id", "=", client.id)]
            ),
            "vip.entitlement.use": env["vip.entitlement.use"].create(
                {"entitlement_id": entitlement.id, "partner_id": client.id}
            ),
            "vip.tier.opinion": env["vip.tier.opinion"].create({}),
            "vip.tier.change.decision": env["vip.tier.change.decision"].create(
                {"reason": "no", "change_ids": change.ids}
            ),
            "vip.put.off": env["vip.put.off"].create(
                {"key": f"take:{client.id}", "until": env.cr.now()}
            ),
            **self._answer_records(client),
            **self._ladder_records(),
            **self._point_records(client),
            **self._health_records(client),
        }

    def _point_records(self, client):
        env, at = self.env, self.env.cr.now()
        rule = env["vip.key.point.rule"].create(
            {
                "name": "Silent",
                "company_id": self.company.id,
                "condition_ids": [
                    (0, 0, {"measure": "silence", "operator": "least", "value": 30})
                ],
            }
        )
        of_client = {"partner_id": client.id, "company_id": self.company.id}
        said = {**of_client, "key": f"rule:{rule._name},{rule.id}", "at": at}
        user = {"user_id": env.uid}
        mine = {"author_id": env.uid, "recorded_at": at}
        return {
            "vip.key.point.rule": rule,
            "vip.key.point.condition": rule.condition_ids,
            "vip.client.hint": env["vip.client.hint"].create(
                {**of_client, **mine, "text": "Calls at noon"}
            ),
            "vip.key.point.outcome": env["vip.key.point.outcome"].create(
                {**said, **user, "outcome": "useful"}
            ),
            "vip.key.point.retired": env["vip.key.point.retired"].create(
                {**said, "why": "unheeded"}
            ),
            "vip.key.point.showing": env["vip.key.point.showing"].create(
                {**said, **user, "day": JANUARY}
            ),
            "vip.client.mark": env["vip.client.mark"].create(
                {**of_client, **mine, "kind": "need", "text": "Reports by noon"}
            ),
            "vip.client.check": env["vip.client.check"].create(
                {**of_client, **user, "recorded_at": at, "checked_on": JANUARY}
            ),
        }

    def _health_records(self, client):
        env = self.env
        backtest = env["vip.health.backtest"].create({"month_from": JANUARY})
        return {
            "vip.health.measure": env.ref("vip_service.health_answers"),
            "vip.health.override": env["vip.health.override"].create(
                {
                    "partner_id": client.id,
                    "company_id": self.company.id,
                    "state": "red",
                    "reason": "Sells the firm",
                    "date_to": JANUARY,
                    "user_id": env.uid,
                    "recorded_at": env.cr.now(),
                }
            ),
            "vip.health.backtest": backtest,
            "vip.health.backtest.row": env["vip.health.backtest.row"].create(
                {
                    "backtest_id": backtest.id,
                    "partner_id": client.id,
                    "month": JANUARY,
                    "looked_on": JANUARY,
                }
            ),
        }

    def _ladder_records(self):
        draft = self.env["vip.ladder.version"]._draft(self.company)
        draft.rung_ids[1].unlink()
        return {
            "vip.ladder.version": draft,
            "vip.ladder.rung": draft.rung_ids[1],
            "vip.ladder.criterion": draft.rung_ids[1].criterion_ids[0],
            "vip.ladder.plan": draft.plan_ids,
        }

    def _answer_records(self, client):
        env = self.env
        ticket = env["helpdesk.ticket"].create(
            {"name": "Login", "description": "Help", "partner_id": client.id}
        )
        now = env.cr.now().replace(microsecond=0)
        template = env["mail.template"].create({"name": "How was it?"})
        question = env["vip.question"]._queue(ticket, [template], now)
        attitude = env.ref("vip_service.dimension_attitude")
        answer = env["vip.answer"]._give(
            question, 4, "mail", now, "Fine", {attitude: 5}
        )
        env["vip.question.key"]._issue(question)
        return {
            "vip.dimension": attitude,
            "vip.question": question,
            "vip.question.key": env["vip.question.key"].search([], limit=1),
            "vip.answer": answer,
            "vip.answer.grade": answer.grade_ids,
            "vip.answer.words": answer.words_ids,
            "vip.answer.import": env["vip.answer.import"].create({}),
            **{
                name: env[name]
                for name in ("vip.answer.entry", "vip.answer.entry.line")
            },
        }

    def _correction(self, client):
        review = self.env["vip.tier.review"].create({"month": JANUARY, "trial": True})
        return self.env["vip.tier.correction"].create(
            {
                "review_id": review.id,
                "partner_id": client.id,
                "tier_id": self.platinum.id,
                "found_id": self.platinum.id,
                "now_id": self.silver.id,
            }
        )

    def _source_records(self):
        source = self.env["vip.source"].create(
            {"name": "Books", "code": "books", "metric_ids": self.deposit.ids}
        )
        activity_import = self.env["vip.activity.import"].create({})
        delivery = self.env["vip.source.delivery"].create(
            {
                "source_id": source.id,
                "import_id": activity_import.id,
                "month": JANUARY,
            }
        )
        column = self.env["vip.source.column"].create(
            {"source_id": source.id, "heading": "Remark"}
        )
        return {
            "vip.source": source,
            "vip.source.column": column,
            "vip.source.delivery": delivery,
        }

    def _group_records(self, client):
        env = self.env
        group = env["vip.client.group"].create({"name": "Family"})
        member = env["vip.client.group.member"].create(
            {
                "group_id": group.id,
                "partner_id": client.id,
                "consented_by": "The client",
                "evidence": "Letter",
            }
        )
        return {
            "vip.client.group": group,
            "vip.client.group.member": member,
            "vip.client.group.end": env["vip.client.group.end"].create(
                {"member_id": member.id, "reason": "no"}
            ),
        }

    def _late_contact(self, client):
        contact = self._contact(partner_id=client.id)
        return self.env["vip.late.contact"].create(
            {
                "contact_id": contact.id,
                "at": contact.at,
                "proposed_by_id": self.env.uid,
                "proposed_at": contact.recorded_at,
            }
        )

    def _contact(self, **values):
        at = datetime(2024, 2, 1, 9, 0)
        return self.env["vip.contact"].create(
            {
                "company_id": self.company.id,
                "at": at,
                "recorded_at": at,
                "kind": "call",
                "outgoing": True,
                **values,
            }
        )

    def _backtest_records(self, client):
        env = self.env
        backtest = env["vip.tier.backtest"].create({"month_from": JANUARY})
        tiers = {"from_tier_id": self.silver.id, "to_tier_id": self.platinum.id}
        row = {"backtest_id": backtest.id, "partner_id": client.id, **tiers}
        ticket = env["helpdesk.ticket"].create(
            {"name": "Login", "description": "Help", "partner_id": client.id}
        )
        return {
            "vip.tier.backtest": backtest,
            "vip.tier.backtest.criterion": backtest.criterion_ids[0],
            "vip.tier.backtest.tier": backtest.tier_line_ids[0],
            "vip.tier.backtest.line": env["vip.tier.backtest.line"].create(
                {**row, "month": JANUARY, "direction": "promotion"}
            ),
            "vip.tier.backtest.today": env["vip.tier.backtest.today"].create(
                {**row, "month": JANUARY, "direction": "promotion"}
            ),
            "vip.tier.backtest.ticket": env["vip.tier.backtest.ticket"].create(
                {**row, "ticket_id": ticket.id}
            ),
        }

    def test_the_table_names_every_model(self):
        self.assertEqual(models_of(self.env, "vip_service"), set(TABLE))

    def test_every_role_on_records_of_an_own_client(self):
        records = self._records(self.own)
        # A wizard belongs to who opened it, so it is tried on the model alone.
        for wizard in WIZARDS:
            records[wizard] = records[wizard].browse()
        self.assert_access(TABLE, records)

    def test_an_adviser_sees_figures_and_changes_of_own_clients_only(self):
        table = {
            model: {**TABLE[model], "adviser": ""}
            for model in (
                "vip.activity",
                "vip.tier.change",
                "vip.tier.verdict",
                "vip.tier.outlook",
                "vip.client.group",
                "vip.client.group.member",
                "vip.contact",
                "vip.question",
                "vip.answer",
                "vip.answer.grade",
                "vip.answer.words",
            )
        }
        self.assert_access(table, self._records(self.foreign))

    def test_nobody_reads_records_of_another_company(self):
        records = self._records(self.own)
        per_company = {
            model: record
            for model, record in records.items()
            if "company_id" in record._fields
            and record.company_id
            # Read from the present company alone: elsewhere the row does not exist.
            and model != "vip.tier.outlook"
        }
        other = self.env["res.company"].create({"name": "Other"})
        self.users = {
            role: self.new_user(role, company=other, login=f"other_{role}")
            for role in self.users
        }
        self.assertEqual(len(per_company), 40)
        self.assert_access(dict.fromkeys(per_company, {}), per_company)

    def test_a_shared_tier_is_read_in_every_company(self):
        shared = self.env.ref("vip_service.tier_diamond")
        self.assert_access({"vip.tier": CONFIG}, {"vip.tier": shared})

    def test_portal_and_plain_users_do_not_see_client_fields(self):
        names = ["client_type", "client_number", "adviser_id", "vip_tier_id"]
        for role in "portal", "internal":
            user = self.users[role]
            partner = user.partner_id.with_user(user)
            self.assertFalse(set(names) & partner.fields_get().keys(), role)
            for name in names:
                with self.assertRaises(AccessError):
                    partner.read([name])

    def test_portal_does_not_see_the_tier_of_its_ticket(self):
        user = self.users["portal"]
        user.partner_id.write({"client_type": "end"})
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "Login", "description": "Help", "partner_id": user.partner_id.id}
        )
        self.assertEqual(ticket.vip_tier_id, self.silver)
        ticket = ticket.with_user(user)
        self.assertTrue(ticket.read(["opened_at"])[0]["opened_at"])
        with self.assertRaises(AccessError):
            ticket.read(["vip_tier_id"])

    def test_contacts_of_a_ticket_are_read_with_the_ticket(self):
        held = self._ticket_contact(self.users["agent"])
        self.assertEqual(held.partner_id, self.foreign)
        self.assert_access({"vip.contact": OF_TICKET}, {"vip.contact": held})
        self.foreign.adviser_id = self.users["adviser"]
        cells = OF_TICKET | {"adviser": "r"}
        self.assert_access({"vip.contact": cells}, {"vip.contact": held})

    def test_contacts_of_a_ticket_nobody_holds_are_read_by_its_team(self):
        nobody = self.env["res.users"]
        team = self.users["leader"] + self.users["agent"]
        free = self._ticket_contact(nobody, team)
        cells = OF_TICKET | {"leader": "r"}
        self.assert_access({"vip.contact": cells}, {"vip.contact": free})
        elsewhere = self._ticket_contact(nobody)
        cells = OF_TICKET | {"agent": ""}
        self.assert_access({"vip.contact": cells}, {"vip.contact": elsewhere})

    def _ticket_contact(self, holder, members=None):
        """Return a contact of a ticket of the foreign client."""
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "Line", "user_ids": [(6, 0, (members or holder).ids)]}
        )
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Login",
                "description": "Help",
                "partner_id": self.foreign.id,
                "team_id": team.id,
                "user_id": holder.id,
            }
        )
        return self._contact(ticket_id=ticket.id)

    def test_who_logged_a_contact_without_ticket_reads_it(self):
        cells = TABLE["vip.contact"]
        for role in "agent", "leader", "helpdesk":
            user = self.users[role]
            contact = self._contact(partner_id=self.own.id, logged_by_id=user.id)
            with self.subTest(role):
                self.assert_access(
                    {"vip.contact": cells | {role: "r"}}, {"vip.contact": contact}
                )

    def test_a_logged_contact_is_read_no_more_by_who_lost_the_ticket(self):
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "Login", "description": "Help", "partner_id": self.own.id}
        )
        agent = self.users["agent"]
        contact = self._contact(ticket_id=ticket.id, logged_by_id=agent.id)
        self.assertEqual(self.access_of(contact, agent), set())

    def test_the_auditor_reads_all_tickets_and_writes_none(self):
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "Login", "description": "Help", "user_id": self.users["agent"].id}
        )
        self.assertEqual(self.access_of(ticket, self.users["auditor"]), {"r"})

    def test_an_adviser_reads_the_tickets_of_own_clients(self):
        tickets = self.env["helpdesk.ticket"].create(
            [
                {"name": "Login", "description": "Help", "partner_id": client.id}
                for client in (self.own, self.foreign)
            ]
        )
        tickets.user_id = self.users["agent"]
        adviser = self.users["adviser"]
        self.assertEqual(self.access_of(tickets[0], adviser), {"r"})
        self.assertEqual(self.access_of(tickets[1], adviser), set())

    def test_a_service_manager_makes_clients(self):
        Partner = self.env["res.partner"].with_user(self.users["manager"])
        with Form(Partner, "vip_service.res_partner_view_form_client_360") as form:
            form.name = "New client"
            form.client_type = "franchisee"
            form.client_number = "NEW-1"
        self.assertEqual(form.record.vip_tier_id, self.silver)
