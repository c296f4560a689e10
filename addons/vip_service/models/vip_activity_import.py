from odoo import fields, models


class VipActivityImport(models.Model):
    _name = "vip.activity.import"
    _description = "Activity Import"
    _inherit = ["mail.thread"]
    _order = "id desc"

    name = fields.Char(required=True, default=lambda self: self.env._("Activity"))
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    file = fields.Binary(attachment=True, copy=False)
    file_name = fields.Char(copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("done", "Done"), ("failed", "Failed")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        help="Failed: not one row of the file could be accepted.",
    )
    row_count = fields.Integer(string="Rows", readonly=True, copy=False)
    accepted_count = fields.Integer(string="Accepted rows", readonly=True, copy=False)
    changed_count = fields.Integer(string="Changed facts", readonly=True, copy=False)
    rejected_count = fields.Integer(string="Rejected rows", readonly=True, copy=False)
    month_from = fields.Date(string="First month", readonly=True, copy=False)
    month_to = fields.Date(string="Last month", readonly=True, copy=False)
    reject_file = fields.Binary(
        string="Rejected rows file", attachment=True, readonly=True, copy=False
    )
    reject_file_name = fields.Char(readonly=True, copy=False)
    user_id = fields.Many2one(
        "res.users", string="Imported by", readonly=True, copy=False
    )
    done_at = fields.Datetime(string="Imported at", readonly=True, copy=False)

    def _fixed_columns(self):
        """Return the headings that are no metric."""
        return ("client_ref", "month", "currency")
