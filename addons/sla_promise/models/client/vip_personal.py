from odoo import api, models

from odoo.addons.vip_base.tools.personal import Personal, frozen, written


class VipPersonal(models.AbstractModel):
    """What this addon holds of persons."""

    _inherit = "vip.personal"

    @api.model
    def _personal_data(self):
        return {
            **super()._personal_data(),
            "sla.breach": Personal(
                of=(
                    "partner_id",
                    "user_id",
                ),
                by=("decided_by_id",),
                words=written("reason"),
                plain=("ticket_number",),
            ),
            "sla.calendar.switch": Personal(by=("user_id",)),
            "sla.clock": Personal(of=("partner_id",)),
            "sla.escalation": Personal(by=("head_office_user_id",)),
            "sla.escalation.level": Personal(
                by=(
                    "user_ids",
                    "reassign_user_id",
                )
            ),
            "sla.excuse": Personal(
                of=("breach_id.user_id",),
                by=(
                    "requested_by_id",
                    "decided_by_id",
                ),
                words=frozen("evidence", "answer"),
            ),
            "sla.extension": Personal(
                of=("ticket_id.partner_id",),
                by=(
                    "requested_by_id",
                    "decided_by_id",
                ),
                words=frozen("reason", "answer"),
            ),
            "sla.intervention": Personal(
                of=(
                    "user_id",
                    "to_user_id",
                ),
                words=frozen("note"),
            ),
            "sla.match": Personal(
                plain=(
                    "key",
                    "facts",
                )
            ),
            "sla.notice": Personal(of=("user_id",), plain=("error",)),
            "sla.obligation": Personal(
                of=("ticket_id.partner_id",), by=("user_id",), plain=("res_model",)
            ),
            "sla.outage": Personal(
                by=(
                    "declared_by_id",
                    "approved_by_id",
                    "revoked_by_id",
                ),
                plain=(
                    "reason",
                    "revoke_reason",
                    "name",
                ),
            ),
            "sla.policy": Personal(plain=("domain",)),
            "sla.reapply": Personal(by=("applied_by_id",), plain=("reason",)),
            "sla.span": Personal(
                of=(
                    "user_id",
                    "partner_id",
                ),
                plain=("priority",),
            ),
            "sla.start": Personal(by=("user_id",)),
            "sla.step": Personal(of=("ticket_id.partner_id",), by=("user_id",)),
            "sla.wall": Personal(plain=("key_fingerprint",)),
        }
