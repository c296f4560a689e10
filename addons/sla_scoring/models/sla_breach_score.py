from odoo import fields, models


class SlaBreach(models.Model):
    _inherit = "sla.breach"

    scored_at = fields.Datetime(
        readonly=True,
        copy=False,
        groups="vip_service.group_vip_manager,vip_service.group_vip_auditor",
        help="When the rules were applied to it; written by the scoring job only.",
    )

    _to_score_idx = models.Index(
        "(id) WHERE scored_at IS NULL AND state = 'open' AND overrun_seconds > 0"
    )
