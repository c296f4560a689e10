"""Fixtures: reviews by the job, files that come late, decisions on what they propose."""

from datetime import date, datetime

from odoo.addons.vip_base.tools.times import add_months, at_context

from .common import VipCase

APRIL = date(2024, 4, 1)
HEADER = "client_ref,month,deposit,volume\n"


def morning(month, day=1, hour=3):
    """Return an hour of a day of the month after ``month``."""
    after = add_months(month, 1)
    return datetime(after.year, after.month, day, hour)


class ReviewCase(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.vip_review_day = 1
        cls.manager = cls.users["manager"]
        cls.second = cls.new_user("manager", login="vip_manager_2")

    @classmethod
    def source(cls, name, metrics, **values):
        return cls.env["vip.source"].create(
            {
                "name": name,
                "code": name.lower(),
                "company_id": cls.company.id,
                "metric_ids": metrics.ids,
                **values,
            }
        )

    def file(self, month, deposits, volumes=None, at=None, **values):
        """Import what ``{client number: value}`` say of ``month``."""
        volumes = volumes or {}
        rows = [
            f"{number},{month:%Y-%m},{deposits.get(number, '')},{volumes.get(number, '')}"
            for number in sorted({*deposits, *volumes})
        ]
        case = self if at is None else self.at(at)
        return case.import_csv(HEADER + "\n".join(rows), **values)

    def at(self, at):
        """Return this case with ``at`` as the event time."""
        case = type(self)(self._testMethodName)
        case.env = self.env(context={**self.env.context, **at_context(at)})
        return case

    def run_job(self, at, company=None):
        """Run the monthly job; return the reviews of the company by month."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.env.registry.cursor() as cr:
            reviews = self.env(cr=cr, su=True)["vip.tier.review"]
            reviews.with_context(**at_context(at))._cron_review()
        self.env.invalidate_all()
        return self.reviews(company)

    def reviews(self, company=None):
        domain = [("company_id", "=", (company or self.company).id)]
        found = self.env["vip.tier.review"].search(domain, order="month")
        return {review.month: review for review in found}

    def proposed(self, review):
        """Return ``{client number: (old tier, new tier)}`` of what waits."""
        return {
            change.partner_id.client_number: (
                change.from_tier_id.code,
                change.to_tier_id.code,
            )
            for change in review.change_ids
            if change.state == "proposed"
        }

    def approve(self, changes, **terms):
        return changes.with_user(self.manager)._approve(**terms)

    def log_of(self, records):
        return self.env["vip.audit.log"].search(
            [("model", "=", records._name), ("res_id", "in", records.ids)], order="id"
        )
