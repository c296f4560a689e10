"""Life cycle and import of the bank's clients."""

import csv
import gzip
from collections import defaultdict
from datetime import date

from odoo.addons.vip_service.tests.common import VipCase
from odoo.addons.vip_service.tests.test_lifecycle import history_of

from tests.replay.log import ACTIVITY_FILE


class TestLifecycleOfABank(VipCase):
    """The states of 1,229 real clients over 15 months, beside plain counting."""

    def test_the_history_of_every_client(self):
        with gzip.open(ACTIVITY_FILE, "rb") as stream:
            content = stream.read()
        record = self.import_csv(content, unknown_clients="create")
        self.assertEqual((record.rejected_count, record.state), (0, "done"))
        known = defaultdict(set)
        for row in csv.DictReader(content.decode().splitlines()):
            if float(row["deposit"] or 0) > 0 or float(row["volume"] or 0) > 0:
                known[row["client_ref"]].add(date.fromisoformat(row["month"] + "-01"))
        months = sorted(set().union(*known.values()))
        self.assertEqual((len(known), len(months)), (1229, 15))
        for month in months:
            self.env["vip.lifecycle"]._judge(self.company, month)
        found = defaultdict(list)
        for row in self.env["vip.lifecycle"].search([], order="date_from"):
            found[row.partner_id.client_number].append(
                (row.state, row.date_from, row.date_to or None)
            )
        for ref, active_months in known.items():
            self.assertEqual(
                found[ref], history_of(active_months, months[0], months[-1]), ref
            )
        self.assertTrue(
            {"active", "loyal"} <= {r[0] for h in found.values() for r in h}
        )
