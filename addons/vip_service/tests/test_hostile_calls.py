from odoo.exceptions import AccessError, UserError

from .common import JANUARY, REVIEW_AT, VipCase


class TestHostileCalls(VipCase):
    """What a remote caller may try with values, defaults and other people's records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.client("OWN", adviser_id=cls.users["adviser"].id)
        cls.foreign = cls.client("FOREIGN")
        creation = cls.env.ref("base.group_partner_manager")
        for role in "agent", "adviser":
            cls.users[role].group_ids += creation

    def as_role(self, record, role, **context):
        return record.with_user(self.users[role]).with_context(
            **{"allowed_company_ids": self.company.ids, **context}
        )

    def test_nobody_becomes_adviser_by_own_hand(self):
        for role in "agent", "adviser":
            client = self.as_role(self.foreign, role)
            for values in (
                {"adviser_id": self.users[role].id},
                {"client_type": False},
                {"client_number": "OTHER"},
            ):
                with self.subTest(role=role, **values), self.assertRaises(AccessError):
                    client.write(values)
            client.write({"phone": "123", "client_number": "FOREIGN"})
            with self.assertRaises(UserError):
                client.client_360_section("activity")
        self.as_role(self.foreign, "manager").adviser_id = self.users["adviser"]

    def test_nobody_makes_a_client_but_a_manager(self):
        for role in "agent", "adviser":
            contacts = self.as_role(self.env["res.partner"], role)
            with self.assertRaises(AccessError):
                contacts.create({"name": "Mine", "client_type": "end"})
            contact = contacts.with_context(
                default_client_type="end", default_adviser_id=self.users[role].id
            ).create({"name": "Mine"})
            self.assertFalse(contact.client_type or contact.adviser_id)
            self.assertFalse(self.as_role(self.own, role).copy().adviser_id)

    def test_defaults_are_no_evidence(self):
        changes = self.as_role(
            self.env["vip.tier.change"],
            "adviser",
            default_evidence={"criteria": []},
            default_decided_by_id=self.users["manager"].id,
            default_effective_date="2020-01-01",
            default_review_id=self.review().id,
        )
        change = changes.create(
            {"partner_id": self.own.id, "to_tier_id": self.platinum.id}
        ).sudo()
        self.assertFalse(change.evidence or change.decided_by_id or change.review_id)
        self.assertFalse(change.effective_date)
        self.assertEqual(change.proposed_by_id, self.users["adviser"])

    def test_a_proposal_needs_its_values(self):
        changes = self.as_role(self.env["vip.tier.change"], "manager")
        for values in {}, {"partner_id": self.own.id}:
            with self.assertRaises(UserError):
                changes.create(dict(values))

    def test_a_review_is_not_done_by_default(self):
        reviews = self.as_role(
            self.env["vip.tier.review"],
            "manager",
            default_state="done",
            default_rules={"tiers": []},
        )
        review = reviews.create({"month": JANUARY}).sudo()
        self.assertEqual((review.state, review.rules), ("draft", False))

    def test_an_import_is_not_done_by_hand(self):
        imports = self.as_role(self.env["vip.activity.import"], "manager")
        for values in {"state": "done"}, {"month_to": "2030-01-01"}, {"user_id": 1}:
            with self.subTest(**values), self.assertRaises(UserError):
                imports.create(dict(values))
        record = imports.with_context(default_state="done").create({})
        self.assertEqual(record.state, "draft")
        record.sudo().state = "done"
        with self.assertRaises(UserError):
            record.file = b"YQ=="
        with self.assertRaises(UserError):
            record.company_id = self.env["res.company"].create({"name": "Other"})

    def test_a_push_of_anything_else_is_refused_in_words(self):
        imports = self.as_role(self.env["vip.activity.import"], "manager")
        row = {"client_ref": "OWN", "month": "2024-01", "deposit": 1}
        for rows in (
            {},
            "x",
            [[]],
            [{1: 2}],
            [{**row, "deposit": object()}],
        ):
            with self.subTest(rows=rows), self.assertRaises(UserError):
                imports.push(rows)
        # What is wrong with one row refuses this row, in words.
        for wrong in (
            {**row, "deposit": {}},
            {**row, "month": []},
            {**row, "client_ref": {}},
        ):
            with self.subTest(wrong=wrong):
                [reject] = imports.push([wrong])["rejects"]
                self.assertEqual(reject["row"], 1)
                self.assertTrue(reject["reason"])
        for values in (
            {"key": {}},
            {"key": ["a"]},
            {"name": {}},
            {"unknown_clients": []},
        ):
            with self.subTest(**values), self.assertRaises(UserError):
                imports.push([row], **values)

    def test_files_with_figures_are_read_by_managers_only(self):
        record = self.env["vip.activity.import"].create({"file": b"YQ=="})
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("res_field", "=", "file"),
            ]
        )
        self.assertTrue(files)
        for role in "portal", "internal", "agent", "adviser":
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(files, role).read(["raw"])
        self.assertTrue(self.as_role(files, "manager").read(["raw"]))

    def test_figures_are_not_reached_through_relations(self):
        self.fact(self.foreign, JANUARY, deposit=600_000)
        for role in "portal", "internal", "agent":
            facts = self.as_role(self.env["vip.activity"], role)
            for call in (
                lambda facts=facts: facts._read_group(
                    [], ["partner_id"], ["value:sum"]
                ),
                lambda facts=facts: facts.search([]),
                lambda facts=facts: facts.name_search(""),
            ):
                with self.subTest(role), self.assertRaises(AccessError):
                    call()
        adviser = self.as_role(self.env["vip.activity"], "adviser")
        self.assertEqual(adviser._read_group([], [], ["value:sum"])[0][0], 0)

    def test_users_do_not_show_what_their_contacts_are(self):
        for role in "portal", "internal":
            user = self.as_role(self.users[role], role)
            for name in "client_type", "client_number", "adviser_id", "vip_tier_id":
                with self.subTest(role=role, name=name), self.assertRaises(AccessError):
                    user.read([name])

    def test_who_granted_a_right_is_not_chosen(self):
        right = self.env["vip.entitlement"].create(
            {"name": "Concierge", "tier_id": self.silver.id}
        )
        ticket = self.env["helpdesk.ticket"].create({"name": "A", "description": "A"})
        uses = self.as_role(
            self.env["vip.entitlement.use"], "agent", default_ticket_id=ticket.id
        )
        use = uses.create(
            {
                "entitlement_id": right.id,
                "partner_id": self.own.id,
                "user_id": self.users["manager"].id,
            }
        )
        self.assertEqual(use.user_id, self.users["agent"])
        self.assertFalse(use.sudo().ticket_id)
        with self.assertRaises(AccessError):
            self.as_role(use, "manager").user_id = self.users["internal"]
        hidden = self.client(
            "HIDDEN", company_id=self.env["res.company"].create({"name": "Other"}).id
        )
        with self.assertRaises(AccessError):
            uses.create({"entitlement_id": right.id, "partner_id": hidden.id})

    def test_a_list_with_archived_tiers_changes_no_ladder(self):
        self.setting_up(self.silver).active = False
        tiers = self.env["vip.tier"].with_context(active_test=False)
        self.assertEqual(tiers._lowest(self.company), self.platinum)

    def test_the_opening_is_not_chosen_by_defaults(self):
        tickets = self.as_role(
            self.env["helpdesk.ticket"],
            "agent",
            default_opened_at="2020-01-01 00:00:00",
            default_vip_tier_id=self.diamond.id,
            default_partner_id=self.own.id,
        )
        ticket = tickets.create({"name": "A", "description": "A"})
        self.assertEqual(ticket.partner_id, self.own)
        self.assertEqual(ticket.vip_tier_id, self.silver)
        self.assertGreater(ticket.opened_at, REVIEW_AT)

    def test_a_ticket_of_another_company_has_the_tier_there(self):
        self.promote(self.own, self.platinum)
        other = self.env["res.company"].create({"name": "Other"})
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "A", "description": "A", "partner_id": self.own.id}
        )
        self.assertEqual(ticket.vip_tier_id, self.platinum)
        ticket.company_id = other
        lowest = self.env["vip.tier"]._lowest(other)
        self.assertEqual(ticket.vip_tier_id, lowest)
