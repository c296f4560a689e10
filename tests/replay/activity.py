"""The activity log through the importer, and its monthly reviews."""

import base64
import csv
import io

from .ground import MANAGER
from .plan import APPROVAL_HOUR, REVIEW_HOUR

FILE_NAME = "client_activity.csv"


def import_facts(replay):
    """Import all facts by the product's importer, once."""
    imports = replay.env["vip.activity.import"]
    known = [("file_name", "=", FILE_NAME), ("state", "=", "done")]
    if imports.search_count([*known, ("company_id", "=", replay.company.id)]):
        return
    record = imports.create(
        {
            "file": base64.b64encode(_csv(replay.facts).encode()),
            "file_name": FILE_NAME,
            "confirmed": True,
            "company_id": replay.company.id,
        }
    )
    record.action_import()
    if record.rejected_count:
        raise RuntimeError(f"{record.rejected_count} facts were rejected")


def _csv(facts):
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["client_ref", "month", "deposit", "volume"])
    for fact in facts:
        writer.writerow([fact.ref, f"{fact.month:%Y-%m}", fact.deposit, fact.volume])
    return stream.getvalue()


def review_months(replay):
    """Run the review of every month; approve all proposals but the undecided ones.

    Reviews run in the night after the month, the service manager approves that morning.
    """
    decided = len(replay.months) - replay.plan.undecided
    for place, month in enumerate(replay.months):
        review = _review(replay, month)
        review._run(at=replay.morning(month, REVIEW_HOUR))
        if place < decided:
            proposed = review.change_ids.filtered(lambda c: c.state == "proposed")
            proposed = proposed.with_user(replay.user(MANAGER))
            proposed._approve(at=replay.morning(month, APPROVAL_HOUR))
        replay.commit()


def _review(replay, month):
    """Return the review of ``month``, made if there is none."""
    reviews = replay.env["vip.tier.review"]
    values = {"company_id": replay.company.id, "month": month}
    domain = [(name, "=", value) for name, value in values.items()]
    return reviews.search(domain) or reviews.create(values)
