from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import SlaCase, minutes


@tagged("post_install", "-at_install")
class TestStakes(SlaCase):
    """What whoever decides sees beside the buttons: nobody decides blind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = new_test_user(
            cls.env, "auditor.stakes", groups="vip_base.group_vip_auditor"
        )

    def stakes(self, record, user=None):
        """Return {key: part} of what the user sees of a decision."""
        record.invalidate_recordset(["stakes"])
        parts = record.with_user(user or self.boss).stakes
        return {part["key"]: part for part in parts}

    def excuse(self, breach, user=None):
        return (
            self.env["sla.excuse"]
            .with_user(user or self.ann)
            .create(
                {
                    "breach_id": breach.id,
                    "reason_id": self.env.ref("sla_promise.reason_outage").id,
                    "evidence": "The line was cut",
                }
            )
        )

    def log(self, ticket, at, now):
        logs = self.env["vip.contact.log"].with_user(self.ann)
        logs.with_context(**at_context(minutes(now))).create(
            {"ticket_id": ticket.id, "kind": "call", "at": minutes(at), "note": "Asked"}
        ).action_log()

    def late(self):
        """Return a ticket of ann whose first response was missed, and the breach."""
        ticket = self.ticket()
        self.due(minutes(31))
        return ticket, self.breaches(ticket)

    def test_an_excuse_shows_promise_contacts_holders_and_history(self):
        ticket, breach = self.late()
        self.log(ticket, 40, 40)
        parts = self.stakes(self.excuse(breach))
        promise = parts["sla_promise/promise"]["lines"]
        self.assertEqual(promise[0]["text"], "First response")
        self.assertEqual(promise[0]["link"]["id"], breach.clock_id.id)
        [contact] = parts["sla_promise/contacts"]["lines"]
        self.assertIn("Call", contact["text"])
        self.assertEqual(contact["at"], str(minutes(40)))
        [span] = parts["sla_promise/timeline"]["lines"]
        self.assertIn("ann", span["text"])
        history = parts["sla_promise/history"]["lines"]
        self.assertEqual(history[0]["value"], "1")
        self.assertEqual(
            self.env["sla.breach"].search(history[0]["link"]["domain"]), breach
        )

    def test_how_often_somebody_asked_stands_there_with_what_was_decided(self):
        _ticket, first = self.late()
        excuse = self.excuse(first)
        excuse.with_user(self.boss).write({"answer": "No outage that day"})
        excuse.with_user(self.boss).action_reject()
        _ticket, second = self.late()
        parts = self.stakes(self.excuse(second).with_context(**at_context(minutes(90))))
        asked = [
            line
            for line in parts["sla_promise/history"]["lines"]
            if line["text"] == "Asked to be excused"
        ]
        # Both were asked now, in the time of the test's database.
        self.assertFalse(asked)
        history = self.ann._request_history(self.env.cr.now())[0].lines
        [line] = [one for one in history if one.text == "Asked to be excused"]
        self.assertEqual(line.value, "2")
        self.assertIn("Rejected 1", line.note)

    def test_nothing_said_is_said(self):
        _ticket, breach = self.late()
        contacts = self.stakes(self.excuse(breach))["sla_promise/contacts"]
        self.assertFalse(contacts["lines"])
        self.assertIn("Nothing was said", contacts["empty"])

    def test_an_extension_shows_the_limit_that_it_would_give(self):
        clock = self.clock(self.ticket())
        asked = (
            self.env["sla.extension"]
            .with_user(self.ann)
            .with_context(**at_context(minutes(10)))
            .create(
                {
                    "clock_id": clock.id,
                    "duration": 30,
                    "unit": "minutes",
                    "reason": "The bank is closed",
                }
            )
        )
        parts = self.stakes(asked.with_context(**at_context(minutes(20))))
        added, due = parts["sla_promise/limit"]["lines"]
        self.assertEqual(added["value"], "30 min")
        self.assertEqual(due["at"], str(minutes(90)))

    def test_a_late_contact_shows_which_promises_it_turns(self):
        ticket, breach = self.late()
        self.log(ticket, 20, 60)
        late = ticket.contact_ids.late_ids
        lines = self.stakes(late)["sla_promise/turned"]["lines"]
        turned = {line["text"]: line["tone"] for line in lines}
        self.assertEqual(turned, {"First response": "soon", "Resolution": ""})
        self.assertEqual(breach.state, "open")

    def test_a_tier_change_shows_what_the_client_is_owed(self):
        ticket, _breach = self.late()
        silver, platinum = self.env["vip.tier"]._ladder(self.env.company)[:2]
        change = self.env["vip.tier.change"].create(
            {
                "partner_id": ticket.commercial_partner_id.id,
                "company_id": self.env.company.id,
                "from_tier_id": platinum.id,
                "to_tier_id": silver.id,
                "direction": "demotion",
            }
        )
        owed = self.stakes(change)["sla_promise/owed"]["lines"]
        self.assertEqual(owed[0]["text"], "Late now")
        self.assertEqual(owed[0]["tone"], "late")
        page = change.with_user(self.boss).together_page()
        self.assertEqual([flag["key"] for flag in page["rows"][0]["flags"]], ["late"])
        texts = [effect["text"] for effect in page["effects"]]
        self.assertIn("Fall while something of theirs is late now", texts)

    def test_agents_do_not_read_what_is_at_stake_and_auditors_do(self):
        _ticket, breach = self.late()
        excuse = self.excuse(breach)
        with self.assertRaises(AccessError):
            excuse.with_user(self.ann).read(["stakes"])
        self.assertIn("sla_promise/promise", self.stakes(excuse, self.auditor))

    def test_an_excuse_that_was_given_shows_the_same_before_it_is_taken_back(self):
        _ticket, breach = self.late()
        self.assertIn("sla_promise/contacts", self.stakes(breach))
