"""The answers of clients through the importer, as a file of an SMS service comes."""

import base64
import csv
import io

from .answers import given
from .ground import MANAGER

FILE_NAME = "client_answers.csv"
SOURCE = "Rule of the replay"
WORDS = {
    5: "Quick and friendly.",
    2: "I had to ask twice.",
    1: "Nobody told me anything.",
}


def import_answers(replay):
    """Import the answers by the product's importer, as the service manager, once."""
    # The loader is imported before Odoo knows where our addons are.
    from odoo.addons.vip_base.tools.times import at_context

    env = replay.env(user=replay.user(MANAGER).id, su=False)
    imports = env["vip.answer.import"].with_context(
        allowed_company_ids=replay.company.ids, **at_context(replay.plan.now)
    )
    if imports.search_count([("file_name", "=", FILE_NAME), ("state", "=", "done")]):
        return
    rows = given(replay.incidents, replay.plan.now)
    if not rows:
        return
    record = imports.create(
        {
            "file": base64.b64encode(_csv(rows).encode()),
            "file_name": FILE_NAME,
            "company_id": replay.company.id,
        }
    )
    record.action_import()
    if record.rejected_count:
        raise RuntimeError(f"{record.rejected_count} answers were rejected")


def _csv(rows):
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(
        [*("ticket", "answered_at", "grade", "channel", "source", "words")]
        + ["attitude", "efficiency", "professionalism"]
    )
    for at, number, grade in rows:
        words = WORDS.get(grade, "")
        efficiency = max(1, grade - 1) if words else grade
        writer.writerow(
            [number, f"{at:%Y-%m-%d %H:%M}", grade, "sms", SOURCE, words]
            + [grade, efficiency, min(5, grade + 1)]
        )
    return stream.getvalue()
