"""E-mails as they come, read without a database: who speaks, and what arrived."""

import email
import email.policy
from pathlib import Path
from typing import NamedTuple

from odoo.tests import BaseCase

from ..engine.addresses import addresses, normalised, senders, whose
from ..engine.arrival import Report, fate, report, says_something
from ..engine.auto_submitted import is_auto_submitted


class Sample(NamedTuple):
    name: str
    by: str
    kind: str | None
    receivers: tuple
    message_ids: tuple
    message: email.message.EmailMessage


def samples():
    """Return the e-mails of ``mail_samples.txt`` with what is true of each."""
    text = Path(__file__).with_name("mail_samples.txt").read_text(encoding="utf-8")
    found = []
    for block in text.split("\n### ")[1:]:
        head, _newline, mail = block.partition("\n")
        name, by, kind, *named = (part.strip() for part in head.split("|"))
        receivers, ids = (
            tuple(part.replace(",", " ").split()) for part in (*named, "", "")[:2]
        )
        message = email.message_from_string(mail, policy=email.policy.SMTP)
        kind = None if kind == "none" else kind
        found.append(Sample(name, by, kind, receivers, ids, message))
    return found


class TestSamples(BaseCase):
    def test_a_program_is_told_from_a_person(self):
        found = samples()
        self.assertGreaterEqual(len(found), 60)
        for sample in found:
            with self.subTest(sample.name):
                self.assertEqual(
                    is_auto_submitted(sample.message), sample.by == "program"
                )

    def test_reports_say_what_became_of_which_mail_to_whom(self):
        for sample in samples():
            with self.subTest(sample.name):
                found = report(sample.message)
                self.assertEqual(found.kind, sample.kind)
                if sample.kind:
                    self.assertEqual(found.receivers, sample.receivers)
                    self.assertEqual(found.message_ids, sample.message_ids)

    def test_who_wrote_through_a_group_is_the_one_who_wrote(self):
        ours = {"desk@ours.example"}
        wrote = {sample.name: senders(sample.message, ours) for sample in samples()}
        self.assertEqual(wrote["Google group passes on"], ("li@bank.example",))
        self.assertEqual(wrote["Mailman list"], ("li@bank.example",))
        self.assertEqual(wrote["bare group address"], ("li@bank.example",))

    def test_headers_that_are_not_well_formed_stop_nothing(self):
        for text in (
            "From: @\nTo: ;\nContent-Type: multipart/report\n\n",
            "From: <<>>\nReturn-Path:\nAuto-Submitted:\n\n",
            "From: \udce4 <\udce4@x>\nContent-Type: ;;;\nSubject: \udcff\n\n",
            "Content-Type: multipart/report; boundary=b\n\n--b\n"
            "Content-Type: message/delivery-status\n\n--b--",
            "\n",
        ):
            for policy in (email.policy.SMTP, email.policy.compat32):
                with self.subTest(text=text, policy=policy):
                    message = email.message_from_string(text, policy=policy)
                    self.assertIsInstance(is_auto_submitted(message), bool)
                    self.assertIsInstance(report(message), Report)
                    self.assertIsInstance(senders(message), tuple)


class TestAddresses(BaseCase):
    def test_what_stands_beside_an_address_is_not_read(self):
        for text, found in (
            ('"a@x.example" <a@x.example>', ("a@x.example",)),
            ("New <a@x.example>", ("a@x.example",)),
            ("<A@X.EXAMPLE>", ("a@x.example",)),
            ("client@bank.example <thief@x.example>", ("thief@x.example",)),
            ('"client@bank.example," <thief@x.example>', ("thief@x.example",)),
            ("thief@x.example (client@bank.example)", ("thief@x.example",)),
            ("'a@x.example' <a@x.example>", ("a@x.example",)),
            ("a@x.example,b@x.example", ("a@x.example", "b@x.example")),
            ("ａ＠x.example；b@x.example", ("a@x.example", "b@x.example")),
            ("a@x.example\nb@x.example", ("a@x.example", "b@x.example")),
            ("undisclosed-recipients:;", ()),
            ("no address", ()),
            ("@", ()),
        ):
            with self.subTest(text):
                self.assertEqual(addresses(text), found)

    def test_the_same_domain_in_two_spellings_is_one(self):
        self.assertEqual(
            normalised("li@bücher.example"), normalised("LI@xn--bcher-kva.example")
        )

    def test_only_what_answers_the_thread_makes_the_client_of_an_unknown_address(self):
        client = [("a@x.example", "second@x.example"), ("b@x.example",)]
        for sender, more, result in (
            ("a@x.example", {}, "client"),
            ("b@x.example", {}, "client"),
            ("second@x.example", {}, "elsewhere"),
            ("home@y.example", {"in_thread": True}, "elsewhere"),
            ("home@y.example", {}, "stranger"),
            ("other@z.example", {"in_thread": True, "known": True}, "stranger"),
            ("desk@ours.example", {"in_thread": True}, "stranger"),
            ("", {"in_thread": True}, "stranger"),
        ):
            with self.subTest(sender, **more):
                found = whose(
                    [sender] if sender else [], client, {"desk@ours.example"}, **more
                )
                self.assertEqual(found, result)


class TestFate(BaseCase):
    def test_it_counts_for_the_client_where_it_was_sent_to_it(self):
        for receivers, result in (
            ([(True, "sent")], "left"),
            ([(True, "bounce"), (False, "sent")], "returned"),
            ([(True, "exception"), (True, "ready")], None),
            ([(False, "bounce"), (False, "sent")], "left"),
            ([(False, "canceled")], "returned"),
            ([], None),
        ):
            with self.subTest(receivers):
                self.assertEqual(fate(receivers), result)

    def test_what_nobody_sees_says_nothing(self):
        for body, said in (
            ("", False),
            (None, False),
            ("<p><br></p>", False),
            ("<p>&nbsp; &#8203;</p>", False),
            ("<div style='color:red'><span> \u3000</span></div>", False),
            ("<span class='o-mail-Message-edited'></span>", False),
            ("<p>.</p>", True),
            ("<p>好</p>", True),
            ("<img src='x'>", True),
        ):
            with self.subTest(body):
                self.assertEqual(says_something(body), said)
        self.assertTrue(says_something("", attached=True))
