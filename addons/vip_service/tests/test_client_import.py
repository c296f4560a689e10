import base64
import io
from datetime import date
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError, UserError, ValidationError

from .common import JANUARY, VipCase

HEADER = "client_ref,name,client_type,kind,adviser,phone,email,tier,tier_from\n"


def workbook(rows):
    """Return ``rows`` as the bytes of a workbook."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


class TestClientImport(VipCase):
    def import_clients(self, content, user=None, check_only=False, **values):
        """Import ``content`` (text or bytes) as ``user`` (an administrator)."""
        if isinstance(content, str):
            content = content.encode()
        record = (
            self.env["vip.client.import"]
            .with_user(user or self.users["admin"])
            .create({"company_id": self.company.id, **values})
        )
        record._import_file(io.BytesIO(content), check_only=check_only)
        return record

    def by_number(self, number):
        return self.env["res.partner"].search([("client_number", "=", number)])

    def memberships(self, partner):
        rows = self.env["vip.tier.membership"].search([("partner_id", "=", partner.id)])
        return [(m.tier_id, m.date_from, m.date_to or None) for m in rows]

    def reason(self, code):
        return self.env["vip.client.import"]._reject_reasons()[code]

    def test_a_row_becomes_a_client_of_the_company(self):
        record = self.import_clients(
            HEADER + "N-1,陈一,franchisee,company,vip_adviser,+86 10,a@b.cn,,\nN-2,Bob"
            ",,,,,,,\n"
        )
        one, two = self.by_number("N-1"), self.by_number("N-2")
        self.assertEqual(
            (one.name, one.client_type, one.is_company, one.phone, one.email),
            ("陈一", "franchisee", True, "+86 10", "a@b.cn"),
        )
        self.assertEqual(one.adviser_id, self.users["adviser"])
        self.assertEqual(one.company_id, self.company)
        self.assertEqual((two.client_type, two.is_company), ("end", False))
        self.assertEqual((record.created_count, record.changed_count), (2, 2))
        self.assertEqual(record.state, "done")

    def test_the_same_file_twice_changes_nothing(self):
        content = (
            HEADER
            + "N-1,One,agent,company,vip_adviser,1,a@b.cn,platinum,2024-01-15\n"
            + "N-2,Two,end,person,,,,silver,2024-01-15\n"
        )
        self.assertEqual(self.import_clients(content).changed_count, 2)
        partners = self.by_number("N-1") + self.by_number("N-2")
        before = partners.read(), self.memberships(partners[0])
        record = self.import_clients(content)
        self.assertEqual((record.changed_count, record.accepted_count), (0, 2))
        self.assertEqual((record.created_count, record.opening_count), (0, 0))
        self.assertEqual((partners.read(), self.memberships(partners[0])), before)

    def test_known_clients_are_changed_where_the_file_says_something(self):
        own = self.client("N-1", phone="1", email="a@b.cn", company_id=self.company.id)
        shared = self.client("N-2", phone="2")
        record = self.import_clients(
            "client_ref,phone,email,client_type\nN-1,9,,\nN-2,2,c@d.cn,agent\n"
        )
        self.assertEqual((own.phone, own.email), ("9", "a@b.cn"))
        self.assertEqual(
            (shared.phone, shared.email, shared.client_type), ("2", "c@d.cn", "agent")
        )
        self.assertEqual((record.created_count, record.changed_count), (0, 2))

    def test_a_number_of_another_company_is_not_touched(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.client("N-1", company_id=other.id)
        self.import_clients("client_ref,name\nN-1,Ours\n")
        self.assertEqual(theirs.name, "Client N-1")
        self.assertEqual(len(self.by_number("N-1")), 2)

    def test_every_flaw_is_named_by_its_line_and_stops_no_other_row(self):
        parent = self.client("P")
        contact = self.env["res.partner"].create({"name": "C", "parent_id": parent.id})
        contact.client_number = "N-C"
        self.promote(self.client("N-T"), self.platinum)
        flaws = {
            ",One,,,,,,,": "no_client",
            "N-3,,,,,,,,": "no_name",
            "N-4,Four,owner,,,,,,": "bad_type",
            "N-5,Five,,robot,,,,,": "bad_kind",
            "N-6,Six,,,nobody,,,,": "bad_adviser",
            "N-7,Seven,,,vip_portal,,,,": "bad_adviser",
            "N-8,Eight,,,,,no address,,": "bad_email",
            "N-9,Nine,,,,,,gold,2024-01-01": "bad_tier",
            "N-10,Ten,,,,,,platinum,": "no_tier_from",
            "N-11,Eleven,,,,,,,2024-01-01": "no_tier",
            "N-12,Twelve,,,,,,platinum,2024-02-30": "bad_day",
            "N-13,Thirteen,,,,,,platinum,2199-01-01": "future_day",
            "N-C,Contact,,,,,,,": "no_commercial",
            "N-T,Tier,,,,,,diamond,2024-01-01": "tier_known",
            "N-D,Double,,,,,,,": "duplicate",
            "N-D,Double,,agent,,,,,": "bad_kind",
            "N-D,Again,,,,,,,": "duplicate",
            "N-E,Short": "columns",
        }
        rows = [*flaws, "N-1,One,,,,,,,", ""]
        record = self.import_clients(HEADER + "\n".join(rows))
        self.assertEqual(
            self.rejects(record),
            {line: self.reason(code) for line, code in enumerate(flaws.values(), 2)},
        )
        self.assertEqual((record.accepted_count, record.created_count), (1, 1))
        self.assertFalse(self.by_number("N-D"))

    def test_what_contacts_refuse_is_refused_per_row(self):
        Partner = self.env.registry["res.partner"]
        create = Partner.create
        refusal = ValidationError("Not such a name.")

        def refusing(partners, vals_list):
            if any(vals.get("name") == "Bad" for vals in vals_list):
                raise refusal
            return create(partners, vals_list)

        with patch.object(Partner, "create", refusing):
            record = self.import_clients(
                "client_ref,name\nN-1,One\nN-2,Bad\nN-3,Three\n"
            )
        self.assertEqual(self.rejects(record), {3: "Not such a name."})
        self.assertEqual(record.created_count, 2)
        self.assertTrue(self.by_number("N-3"))

    def test_many_rows_are_booked_in_batches(self):
        path = "odoo.addons.vip_service.models.vip_client_import.BATCH"
        rows = "".join(f"N-{i},Client {i}\n" for i in range(7))
        with patch(path, 3):
            record = self.import_clients("client_ref,name\n" + rows)
            again = self.import_clients("client_ref,name\n" + rows)
        self.assertEqual((record.created_count, again.changed_count), (7, 0))
        self.assertEqual(
            self.env["res.partner"].search_count([("client_number", "like", "N-")]), 7
        )

    # Opening tiers

    def test_an_opening_tier_is_a_dated_decision_with_a_reason(self):
        record = self.import_clients(
            "client_ref,name,tier,tier_from\n"
            "N-1,One,diamond,2023-05-02\nN-2,Two,platinum,2023-05-02\n"
            "N-3,Three,platinum,2023-06-01\nN-4,Four,silver,2023-06-01\n",
            name="Old system",
        )
        self.assertEqual(record.opening_count, 3)
        one = self.by_number("N-1")
        self.assertEqual(
            self.memberships(one), [(self.diamond, date(2023, 5, 2), None)]
        )
        self.assertEqual(
            self.memberships(self.by_number("N-3")),
            [(self.platinum, date(2023, 6, 1), None)],
        )
        self.assertFalse(self.memberships(self.by_number("N-4")))
        change = self.env["vip.tier.change"].search([("partner_id", "=", one.id)])
        self.assertEqual(change.state, "applied")
        self.assertEqual(change.decided_by_id, self.users["admin"])
        self.assertIn("Old system", change.reason)
        log = self.env["vip.audit.log"].search(
            [("model", "=", "vip.tier.change"), ("res_id", "=", change.id)]
        )
        self.assertEqual(log.mapped("user_name"), [self.users["admin"].name])

    def test_only_an_administrator_gives_opening_tiers(self):
        record = self.import_clients(
            "client_ref,name,tier,tier_from\nN-1,One,diamond,2023-05-02\nN-2,Two,,\n",
            user=self.users["manager"],
        )
        self.assertEqual(self.rejects(record), {2: self.reason("tier_admin")})
        self.assertFalse(self.by_number("N-1"))

    def test_a_client_with_a_proposal_gets_no_opening_tier(self):
        self.change(self.client("N-1"), self.platinum)
        record = self.import_clients(
            "client_ref,tier,tier_from\nN-1,diamond,2023-05-02\n"
        )
        self.assertEqual(self.rejects(record), {2: self.reason("tier_known")})

    def test_a_file_is_still_unchanged_after_a_later_rise(self):
        content = (
            "client_ref,name,tier,tier_from\nN-1,One,platinum,2023-05-02\n"
            "N-2,Two,silver,2023-05-02\n"
        )
        self.import_clients(content)
        self.promote(self.by_number("N-1"), self.diamond, current=self.platinum)
        self.promote(self.by_number("N-2"), self.platinum)
        record = self.import_clients(content)
        self.assertEqual((record.rejected_count, record.changed_count), (0, 0))

    # Preview, workbooks, access

    def test_a_check_counts_and_lists_and_writes_nothing(self):
        known = self.client("N-1", company_id=self.company.id)
        content = (
            "client_ref,name,tier,tier_from\nN-1,Other,,\nN-2,Two,diamond,2023-05-02\n"
            "N-3,,,\n"
        )
        record = self.import_clients(content, check_only=True)
        self.assertEqual(record.state, "checked")
        self.assertEqual((record.created_count, record.opening_count), (1, 1))
        self.assertEqual((record.accepted_count, record.changed_count), (2, 2))
        self.assertEqual(self.rejects(record), {4: self.reason("no_name")})
        self.assertEqual(known.name, "Client N-1")
        self.assertFalse(self.by_number("N-2"))
        self.assertFalse(self.env["vip.tier.change"].search([]))
        done = self.import_clients(content)
        for name in ("accepted_count", "changed_count", "created_count"):
            self.assertEqual(record[name], done[name], name)

    def test_a_workbook_is_read_as_a_csv_file(self):
        content = workbook(
            [
                ["Client_Ref ", "name", "kind", "phone", "tier", "tier_from", None],
                [1001, "One", "company", 8613800000000, "platinum", date(2023, 5, 2)],
                [],
                ["N-2", "Two", None, "1", None, None, None],
                ["N-3", "Three", None, None, None, None, "too much"],
            ]
        )
        record = self.import_clients(content, file_name="clients.xlsx")
        one = self.by_number("1001")
        self.assertEqual((one.phone, one.is_company), ("8613800000000", True))
        self.assertEqual(
            self.memberships(one), [(self.platinum, date(2023, 5, 2), None)]
        )
        self.assertEqual(self.rejects(record), {5: self.reason("columns")})
        self.assertEqual(record.reject_file_name, "rejected-clients.xlsx")

    def test_a_damaged_workbook_is_named_and_nothing_is_applied(self):
        content = workbook([["client_ref", "name"], ["N-1", "One"]])
        for damaged in content[:200], b"PK\x03\x04nonsense":
            with self.assertRaisesRegex(UserError, "damaged"):
                self.import_clients(damaged)

    def test_an_adviser_imports_no_clients(self):
        with self.assertRaises(AccessError):
            self.import_clients("client_ref,name\nN-1,One\n", self.users["adviser"])

    def test_another_file_takes_back_the_result_of_the_check(self):
        record = self.env["vip.client.import"].with_user(self.users["manager"])
        record = record.create(
            {"file": base64.b64encode(b"client_ref,name\nN-1,One\nN-2,\n")}
        )
        record.action_check()
        self.assertEqual((record.state, record.rejected_count), ("checked", 1))
        record.file = base64.b64encode(b"client_ref,name\nN-1,One\n")
        self.assertEqual((record.state, record.rejected_count), ("draft", 0))
        record.action_import()
        self.assertEqual((record.state, record.user_id.login), ("done", "vip_manager"))

    def test_facts_of_unknown_clients_create_them_if_so_chosen(self):
        content = (
            "client_ref,month,deposit\nU-1,2024-01,5\nU-1,2024-02,6\nU-2,2024-01,7\n"
            "U-3,2024-01,8\nU-3,2024-01,9\n"
        )
        self.assertEqual(self.import_csv(content).accepted_count, 0)
        record = self.import_csv(content, unknown_clients="create")
        self.assertEqual((record.accepted_count, record.changed_count), (3, 3))
        one = self.by_number("U-1")
        self.assertEqual((one.name, one.client_type), ("U-1", "end"))
        self.assertEqual(self.current_facts(one)["deposit", JANUARY], (5, 1))
        self.assertFalse(self.by_number("U-3"))
        again = self.import_csv(content, unknown_clients="create")
        self.assertEqual(again.changed_count, 0)
