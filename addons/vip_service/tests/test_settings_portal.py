from odoo.tests import Form, TransactionCase


class TestSettingsPortal(TransactionCase):
    """Our settings ask who may open an account in the portal."""

    def test_free_sign_up_is_told_and_can_be_ended_in_our_settings(self):
        view = self.env.ref("vip_service.res_config_settings_view_form")
        self.assertIn("auth_signup_uninvited != 'b2c'", view.arch)
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("auth_signup.invitation_scope", "b2c")
        settings = Form(self.env["res.config.settings"])
        self.assertEqual(settings.auth_signup_uninvited, "b2c")
        settings.auth_signup_uninvited = "b2b"
        settings.save().execute()
        self.assertEqual(parameters.get_param("auth_signup.invitation_scope"), "b2b")
