from odoo import fields, models

from ..tools.loose_many2one import LooseMany2one


class SlaNotice(models.Model):
    """Outbox: what the due job has to tell people; digests leave from here."""

    _name = "sla.notice"
    _description = "Notice about a Promise"
    _log_access = False
    _order = "id"

    clock_id = fields.Many2one(
        "sla.clock", required=True, ondelete="cascade", readonly=True
    )
    ticket_id = LooseMany2one("helpdesk.ticket", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", required=True, ondelete="cascade", readonly=True
    )
    kind = fields.Selection(
        [("warning", "Warning"), ("breach", "Breach")], required=True, readonly=True
    )
    created_at = fields.Datetime(required=True, readonly=True)
    sent_at = fields.Datetime(readonly=True)

    _once_uniq = models.UniqueIndex("(clock_id, user_id, kind)")
    _unsent_idx = models.Index("(user_id) WHERE sent_at IS NULL")
