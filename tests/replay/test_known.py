"""The client's page as it was known on past days, against a reading of the logs alone."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

from odoo.addons.vip_base.tools.times import at_context

from . import log, oracle
from .common import ReplayCase

#: So many clients and days are looked at, of the lives of so many incidents.
LOOKS, INCIDENTS = 50, 400


class TestKnown(ReplayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report, cls.found = cls.play(shift=False, tickets=INCIDENTS)
        cls.now = cls.report.plan.now
        cls.of_client = {}
        for incident in cls.found.incidents:
            cls.of_client.setdefault(incident.ref, []).append(incident)

    # What the logs alone say

    def until(self, day):
        """Return the last second of a day; the bank works by UTC."""
        return datetime.combine(day, time(23, 59, 59))

    def known(self, incident, until):
        """Return an incident as far as the log had it by then, None before it began."""
        states = tuple(state for state in incident.states if state.at <= until)
        return replace(incident, states=states) if states else None

    def requests(self, ref, until):
        """Return {number: incident as known} of those that were open."""
        told = (self.known(incident, until) for incident in self.of_client[ref])
        return {
            one.number: one
            for one in told
            if one and one.states[-1].stage != log.CLOSED
        }

    def promises(self, incident, until):
        """Return {(metric, started): (state, due)} that the log has by then."""
        key = self.found.clocks[incident.number].key
        clock = oracle.resolution(incident, key, until)
        told = {("resolution", clock.started): (clock.state, clock.due)}
        feedback = oracle.feedback(incident, until)
        told["feedback", feedback.start] = (feedback.state, feedback.due)
        for one in oracle.hand_overs(incident, until):
            told["hand_over", one.start] = (one.state, one.due)
        return told

    # What the page says

    def page(self, client, day):
        client = client.with_context(**at_context(self.now + timedelta(days=1)))
        page = client.client_360_known(day.isoformat())
        return page["partner"], {one["key"]: one["data"] for one in page["sections"]}

    def clocks(self, ticket_ids, until):
        """Return {(ticket id, metric, started): (state, due)} of the replayed clocks."""
        clocks = self.env["sla.clock"]
        return {
            (ticket_id, one["metric"], clocks.browse(one["id"]).started_at): (
                one["state"],
                one["due_at"],
            )
            for ticket_id, found in clocks._known_of_tickets(ticket_ids, until).items()
            for one in found
            if one["metric"] in ("resolution", "feedback", "hand_over")
        }

    def looks(self):
        """Yield random clients and days between their first request and the end."""
        dice = Random(17)
        refs = sorted(self.of_client)
        for _look in range(LOOKS):
            ref = dice.choice(refs)
            first = min(incident.opened for incident in self.of_client[ref]).date()
            # Most requests live for days, not for weeks: look while they do.
            days = min((self.now.date() - first).days, 20)
            yield ref, first + timedelta(days=dice.randint(0, max(days - 1, 0)))

    def test_a_past_day_is_what_the_logs_say_of_it(self):
        clients = {
            client.client_number: client
            for client in self.env["res.partner"].search(
                [("client_number", "in", list(self.of_client))]
            )
        }
        opened = judged = paused = 0
        for ref, day in self.looks():
            until = self.until(day)
            header, sections = self.page(clients[ref], day)
            expected = self.requests(ref, until)
            with self.subTest(ref, day=day):
                self.assertEqual(header["tier"]["rank"], self.found.tiers.at(ref, day))
                requests = sections["requests"]
                rows = {row["number"]: row for row in requests["open"]}
                self.assertEqual(rows.keys(), expected.keys())
                self.assertEqual(requests["open_count"], len(expected))
                self.assertEqual(
                    requests["total_count"],
                    sum(one.opened <= until for one in self.of_client[ref]),
                )
                for number, row in rows.items():
                    self.assertEqual(
                        bool(row["user"]), bool(expected[number].states[-1].user)
                    )
                ids = {row["id"]: number for number, row in rows.items()}
                found = self.clocks(list(ids), until)
                wanted = {
                    (ticket_id, *key): value
                    for ticket_id, number in ids.items()
                    for key, value in self.promises(expected[number], until).items()
                }
                self.assertEqual(found, wanted)
                opened += len(rows)
                judged += len(found)
                paused += sum(state == "paused" for state, _due in found.values())
        # The days were rich enough to say something.
        self.assertGreater(opened, LOOKS // 2)
        self.assertGreater(judged, opened)
        self.assertGreater(paused, 0)

    def test_nothing_is_known_before_the_first_request(self):
        ref = min(self.of_client)
        client = self.env["res.partner"].search([("client_number", "=", ref)])
        _header, sections = self.page(client, date(2000, 1, 1))
        self.assertEqual(sections["requests"]["total_count"], 0)
        self.assertFalse(sections["health"]["state"])
