"""Fixtures: a company, a ladder, one user per role, clients and their figures."""

import base64
import csv
import io
from datetime import date, datetime

import openpyxl

from odoo.tests.common import TransactionCase, new_test_user

from odoo.addons.vip_service.models.ladder.door import SETTING_UP

#: The roles of the product and the groups of their users.
ROLES = {
    "public": "base.group_public",
    "portal": "base.group_portal",
    "internal": "base.group_user",
    "agent": "helpdesk_mgmt.group_helpdesk_user_own",
    "leader": "helpdesk_mgmt.group_helpdesk_user_team",
    "helpdesk": "helpdesk_mgmt.group_helpdesk_user",
    "host_admin": "helpdesk_mgmt.group_helpdesk_manager",
    "adviser": "vip_base.group_vip_adviser",
    "manager": "vip_base.group_vip_manager",
    "admin": "vip_base.group_vip_admin",
    "auditor": "vip_base.group_vip_auditor",
}

JANUARY, FEBRUARY, MARCH = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)
#: The morning after January, when its review is made and decided.
REVIEW_AT = datetime(2024, 2, 1, 3, 0)


class VipCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={**cls.env.context, "tracking_disable": True, "lang": "en_US"}
        )
        cls.company = cls.env["res.company"].create({"name": "Futures Broker"})
        cls.company.resource_calendar_id.tz = "UTC"
        cls.env.user.company_ids += cls.company
        cls.env.user.company_id = cls.company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.users = {role: cls.new_user(role) for role in ROLES}
        cls.deposit = cls.env.ref("vip_service.metric_deposit")
        cls.volume = cls.env.ref("vip_service.metric_volume")
        cls.silver, cls.platinum, cls.diamond = cls.own_ladder(cls.company)

    @classmethod
    def own_ladder(cls, company):
        """Return the three shipped tiers as the own ladder of ``company``."""
        shipped = [
            cls.env.ref(f"vip_service.tier_{code}")
            for code in ("silver", "platinum", "diamond")
        ]
        return [
            tier._setting_up().copy({"company_id": company.id}).with_env(cls.env)
            for tier in shipped
        ]

    @classmethod
    def setting_up(cls, records):
        """Return tiers or criteria so that the test sets up the ladder of all times."""
        return records.with_context(**SETTING_UP.context)

    @classmethod
    def new_user(cls, role, company=None, login=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login or f"vip_{role}",
            groups=ROLES[role],
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    @classmethod
    def client(cls, number, **values):
        return cls.env["res.partner"].create(
            {
                "name": f"Client {number}",
                "client_type": "end",
                "client_number": number,
                **values,
            }
        )

    @classmethod
    def fact(cls, partner, month, deposit=None, volume=None, company=None):
        for metric, value in ((cls.deposit, deposit), (cls.volume, volume)):
            if value is not None:
                cls.env["vip.activity"].create(
                    {
                        "company_id": (company or cls.company).id,
                        "partner_id": partner.id,
                        "metric_id": metric.id,
                        "month": month,
                        "value": value,
                    }
                )

    @classmethod
    def review(cls, month=JANUARY, at=REVIEW_AT, company=None):
        """Make and run the review of ``month``, whatever figures it may lack."""
        review = cls.env["vip.tier.review"].create(
            {"company_id": (company or cls.company).id, "month": month}
        )
        review._run(at=at, anyway="Few figures will do")
        return review

    @classmethod
    def change(cls, partner, tier, current=None, **values):
        """Return a proposed change, as the rules propose it."""
        current = current or cls.silver
        rises = tier.rank > current.rank
        return cls.env["vip.tier.change"].create(
            {
                "company_id": cls.company.id,
                "partner_id": partner.id,
                "from_tier_id": current.id,
                "to_tier_id": tier.id,
                "direction": "promotion" if rises else "demotion",
                **values,
            }
        )

    @classmethod
    def promote(cls, partner, tier, at=REVIEW_AT, current=None):
        """Let ``partner`` have ``tier`` from the date of ``at``."""
        change = cls.change(partner, tier, current=current)
        change.with_user(cls.users["manager"])._approve(at=at)
        return change

    def import_csv(self, content, company=None, **values):
        """Import ``content`` (text or bytes) and return the record.

        The last line of a text ends, whether it is said or not.
        """
        if isinstance(content, str):
            content = (content.removesuffix("\n") + "\n").encode() if content else b""
        record = self.env["vip.activity.import"].create(
            {"company_id": (company or self.company).id, **values}
        )
        record._import_file(io.BytesIO(content))
        return record

    def rejects(self, record):
        """Return ``{line: reason}`` of the rejected rows of an import, without cells."""
        told = self.rejects_in_full(record)
        return {line: reason.partition(" [")[0] for line, reason in told.items()}

    def rejects_in_full(self, record):
        """Return the same with the cells that are named, and what to do."""
        rows = self.rejected_rows(record)
        return {int(row[0]): row[1] for row in rows[1:]}

    def rejected_rows(self, record):
        """Return the rows of the file of rejected rows, as texts; the first is the header."""
        if not record.reject_file:
            return [[]]
        content = base64.b64decode(record.reject_file)
        if record.reject_file_name.endswith(".xlsx"):
            sheet = openpyxl.load_workbook(io.BytesIO(content)).active
            return [[str(c or "") for c in row] for row in sheet.values]
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))

    def current_facts(self, partner, company=None):
        """Return ``{(metric code, month): (value, version)}`` of the current facts."""
        facts = self.env["vip.activity"].search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", (company or self.company).id),
                ("superseded_at", "=", False),
            ]
        )
        return {
            (fact.metric_id.code, fact.month): (fact.value, fact.version)
            for fact in facts
        }
