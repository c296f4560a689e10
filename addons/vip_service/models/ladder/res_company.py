from odoo import api, fields, models


class ResCompany(models.Model):
    """A new company begins with the ladder that is in force."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        # As superuser: who makes a company changes no ladder.
        begun = (
            self.env["vip.ladder.version"]
            .sudo()
            .search(
                [
                    ("company_id", "=", False),
                    ("state", "=", "in_force"),
                    ("date_from", "<=", fields.Date.today()),
                ]
            )
        )
        if begun:
            begun.begun_company_ids = [(4, company.id) for company in companies]
        return companies
