from odoo import fields, models

from odoo.addons.vip_base.tools import frozen_rows

#: What people say of a key point.
OUTCOMES = [("useful", "Useful"), ("done", "Done"), ("wrong", "Wrong")]


class VipKeyPointOutcome(models.Model):
    """What somebody said of a key point of a client; never changed."""

    _name = "vip.key.point.outcome"
    _description = "What was Said of a Key Point"
    _order = "at desc, id desc"
    _rec_name = "outcome"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="restrict", readonly=True
    )
    key = fields.Char(required=True, readonly=True, help="Its kind and its record.")
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="By", required=True, ondelete="restrict", readonly=True
    )
    at = fields.Datetime(string="When", required=True, readonly=True)

    _partner_idx = models.Index("(partner_id, key)")

    def init(self):
        frozen_rows.freeze(
            self.env.cr,
            self._table,
            columns=("company_id", "outcome", "user_id", "at"),
            attached=True,
        )
