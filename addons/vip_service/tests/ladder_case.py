"""Fixtures of ladders that change: drafts, and versions put in force by two people."""

from datetime import datetime, time

from odoo.addons.vip_base.tools.times import at_context

from .common import VipCase


class LadderCase(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Version = cls.env["vip.ladder.version"]
        cls.partner = cls.client("X")

    @classmethod
    def noon(cls, day):
        return datetime.combine(day, time(12))

    @classmethod
    def tier(cls, code, company=None):
        """Return a new tier that is in no ladder yet."""
        return cls.env["vip.tier"].create(
            {
                "name": code.title(),
                "code": code,
                "active": False,
                "company_id": (company or cls.company).id,
            }
        )

    @classmethod
    def draft(cls, day, *tiers, plan=(), company=None):
        """Return a draft of the ladder with these tiers, the lowest first.

        :param plan: {tier that goes: tier that comes}
        """
        company = cls.company if company is None else company
        draft = cls.Version._draft(company, date_from=day, reason="Board of May")
        if tiers:
            draft.rung_ids.filtered(lambda r: r.tier_id not in tiers).unlink()
        known = {rung.tier_id: rung for rung in draft.rung_ids}
        for rank, tier in enumerate(tiers, 1):
            if tier in known:
                known[tier].rank = rank
            else:
                draft.rung_ids = [(0, 0, {"tier_id": tier.id, "rank": rank})]
        for line in draft.plan_ids:
            line.to_tier_id = dict(plan).get(line.from_tier_id, line.to_tier_id)
        return draft

    @classmethod
    def decide(cls, draft, at=None):
        """Let one person propose a draft and another put it in force."""
        at = at or cls.noon(draft.date_from)
        companies = (draft.company_id | cls.company).ids
        for role in "admin", "manager":
            cls.users[role].company_ids += draft.company_id
        context = {**at_context(at), "allowed_company_ids": companies}
        draft = draft.with_context(**context)
        draft.with_user(cls.users["admin"]).action_propose()
        draft.with_user(cls.users["manager"]).action_put_in_force()
        return draft

    @classmethod
    def ladder(cls, day, *tiers, at=None, **values):
        """Put the ladder of these tiers in force from a day on; return the version."""
        return cls.decide(cls.draft(day, *tiers, **values), at)

    def tier_on(self, day, partner=None, company=None):
        partner = partner or self.partner
        return partner._tier_at(day, company or self.company)[partner.id]

    def ladder_on(self, day, company=None):
        return list(self.env["vip.tier"]._ladder(company or self.company, day))
