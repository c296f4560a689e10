"""What several addons add to one screen does not hide each other."""

from lxml import etree

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestViews(TransactionCase):
    def test_no_screen_has_two_headers(self):
        """The web client shows the buttons of one of them only."""
        views = self.env["ir.ui.view"].search(
            [("type", "in", ("list", "form")), ("mode", "=", "primary")]
        )
        views = views.filtered(lambda view: view.model in self.env)
        self.assertGreater(len(views), 100)
        two = [
            view.xml_id or view.name
            for view in views
            if len(etree.fromstring(view.get_combined_arch()).findall("header")) > 1
        ]
        self.assertEqual(two, [])
