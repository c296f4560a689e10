from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.vip_base.tools.printing import can_print
from odoo.addons.vip_base.tools.times import event_time

#: Letters that are made at once: each is a page or more.
MOST = 50
#: The report of each kind of letter.
REPORTS = {
    "record": "vip_service.vip_letter_report_record",
    "certificate": "vip_service.vip_letter_report_certificate",
}


class VipLetter(models.TransientModel):
    """Asks which letter is to be made for which clients."""

    _name = "vip.letter"
    _description = "Letter to Clients"

    kind = fields.Selection(
        [("record", "Service record"), ("certificate", "Tier certificate")],
        required=True,
        default="record",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Clients",
        required=True,
        domain=[("client_type", "!=", False)],
        help="A letter for each, in the client's language.",
    )
    date_from = fields.Date(
        string="From",
        default=lambda self: self._today().replace(day=1) - relativedelta(months=12),
    )
    date_to = fields.Date(
        string="To",
        default=lambda self: self._today(),
        help="Both days are included.",
    )
    can_print = fields.Boolean(compute="_compute_can_print")

    def _compute_can_print(self):
        self.can_print = can_print(self.env)

    @api.model
    def _today(self):
        return self.env.company._vip_local_date(event_time(self.env))

    def action_print(self):
        """Make the letters as one PDF.

        :raise UserError: no PDF can be made, or not of this
        """
        self.ensure_one()
        if not can_print(self.env):
            raise UserError(self.env._("A PDF needs wkhtmltopdf on the server."))
        self._check_letters()
        report = self.env.ref(REPORTS[self.kind])
        return report.report_action(self, config=False)

    def _check_letters(self):
        """Check that the letters can be made, by whoever is logged in.

        :raise UserError: no client, too many, or no period
        :raise AccessError: a client of somebody else
        """
        self.partner_ids._check_vip_served()
        if not self.partner_ids:
            raise UserError(self.env._("Choose at least one client."))
        if len(self.partner_ids) > MOST:
            raise UserError(self.env._("At most %s letters are made at once.", MOST))
        if self.kind == "record" and not self._is_period():
            raise UserError(self.env._("The period ends before it begins."))

    def _letter_file(self):
        """Return the name of the file, without its ending."""
        self.ensure_one()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        clients = self.partner_ids
        names = [clients.name] if len(clients) == 1 else []
        return " ".join([kinds[self.kind], *names, str(self._today())])

    def _is_period(self):
        return self.date_from and self.date_to and self.date_from <= self.date_to


class VipLetterRecord(models.AbstractModel):
    """The values of service records."""

    _name = "report.vip_service.letter_record"
    _description = "Service Record"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the letters of windows of whoever asks; see `vip.letter`."""
        letters = []
        for window in self.env["vip.letter"].browse(docids):
            window._check_letters()
            for client in window.partner_ids:
                letters.append(client._letter_record(window.date_from, window.date_to))
        return {"letters": letters, **self.env["res.partner"]._letter_tools()}


class VipLetterCertificate(models.AbstractModel):
    """The values of tier certificates."""

    _name = "report.vip_service.letter_certificate"
    _description = "Tier Certificate"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the letters of windows of whoever asks; see `vip.letter`."""
        letters = []
        for window in self.env["vip.letter"].browse(docids):
            window._check_letters()
            letters += [client._letter_certificate() for client in window.partner_ids]
        return {"letters": letters, **self.env["res.partner"]._letter_tools()}
