from odoo.tests import HttpCase, new_test_user, tagged

from .voice_case import VoiceCase


@tagged("post_install", "-at_install")
class TestPortal(HttpCase, VoiceCase):
    """A client files a complaint by the form of the portal, and only so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.held = cls.closed()
        cls.user = new_test_user(
            cls.env, "said", groups="base.group_portal", company_id=cls.company.id
        )
        cls.person = cls.user.partner_id
        cls.person.write({"parent_id": cls.asked.id, "email": "said@example.com"})
        cls.held.partner_id = cls.person

    def complaints(self):
        return self.env["vip.complaint"].search(
            [("ticket_id.partner_id", "=", self.person.id)]
        )

    def send(self, **values):
        self.authenticate("said", "said")
        page = self.url_open("/my/complaint")
        token = page.text.split('name="csrf_token"')[1].split('value="')[1]
        token = token.split('"')[0]
        return self.url_open("/my/complaint", data={"csrf_token": token, **values})

    def test_the_form_files_it_and_shows_what_happens(self):
        page = self.send(ticket=str(self.held.id), reason="Too late", remedy="Money")
        complaint = self.complaints()
        self.assertEqual(len(complaint), 1)
        self.assertEqual(complaint.about_id, self.held)
        self.assertTrue(page.url.endswith(f"/my/complaint/{complaint.id}"))
        self.assertIn(complaint.number, page.text)
        self.assertIn("Too late", page.text)
        self.assertNotIn(self.agent.name, page.text)
        home = self.url_open("/my").text
        self.assertIn(complaint.number, home)

    def test_sent_twice_it_is_filed_once(self):
        for _time in range(2):
            self.send(reason="Too late")
        self.assertEqual(len(self.complaints()), 1)

    def test_without_words_nothing_is_filed(self):
        page = self.send(reason="  ")
        self.assertIn("Nothing was sent yet", page.text)
        self.assertFalse(self.complaints())

    def test_a_link_files_nothing(self):
        self.authenticate("said", "said")
        self.url_open("/my/complaint?reason=Too+late")
        self.assertFalse(self.complaints())

    def test_what_is_not_of_this_person_leads_home(self):
        other = self.client("STRANGER", email="stranger@example.com")
        ticket = self.ticket(partner_id=other.id)
        self.authenticate("said", "said")
        for path in ("/my/complaint/0", "/my/complaint/99999999999"):
            self.assertTrue(self.url_open(path).url.endswith("/my"), path)
        self.send(ticket=str(ticket.id), reason="Too late")
        self.assertFalse(self.complaints().about_id)
