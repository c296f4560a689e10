from odoo import api, models

from odoo.addons.vip_base.tools.personal import Personal, frozen, written


class VipPersonal(models.AbstractModel):
    """What this addon holds of persons."""

    _inherit = "vip.personal"

    @api.model
    def _personal_data(self):
        return {
            **super()._personal_data(),
            "score.appeal": Personal(
                of=(
                    "user_id",
                    "right_user_id",
                ),
                by=("decided_by_id",),
                words=written("reason", "comment"),
            ),
            "score.aside": Personal(
                of=("user_id",),
                by=("tried_by_id",),
                plain=(
                    "reason",
                    "res_model",
                ),
            ),
            "score.award": Personal(
                of=("user_id",),
                by=("given_by_id",),
                words=written("reason", "evidence"),
                plain=("reward",),
            ),
            "score.card": Personal(
                of=("user_id",), by=("closed_by_id",), plain=("details",)
            ),
            "score.close": Personal(
                by=(
                    "closed_by_id",
                    "proposed_by_id",
                    "confirmed_by_id",
                ),
                plain=(
                    "reason",
                    "asked",
                ),
            ),
            "score.close.left": Personal(
                of=("user_id",),
                plain=(
                    "line",
                    "res_model",
                ),
            ),
            "score.contribution": Personal(
                of=("user_id",),
                by=(
                    "claimed_by_id",
                    "decided_by_id",
                ),
                words=written("description", "comment"),
            ),
            "score.contribution.kind": Personal(plain=("description",)),
            "score.entry": Personal(
                of=("user_id",),
                by=(
                    "posted_by_id",
                    "raised_by_id",
                ),
                words=frozen("reason"),
                plain=(
                    "ticket_number",
                    "source_key",
                    "details",
                ),
            ),
            "score.error.category": Personal(plain=("description",)),
            "score.error.report": Personal(
                of=("user_id",),
                by=("raised_by_id",),
                words=written("evidence", "withdrawal_reason"),
                plain=("ticket_number",),
            ),
            "score.measure": Personal(
                of=("user_id",),
                by=(
                    "owner_id",
                    "decided_by_id",
                    "done_by_id",
                ),
                words=written("decision", "agent_comment", "evidence"),
            ),
            "score.review": Personal(
                of=("user_id",),
                by=(
                    "reviewer_id",
                    "blind_for_id",
                    "settled_by_id",
                ),
                words=written("comment", "agent_comment", "settlement"),
                plain=("ticket_number",),
            ),
            "score.review.item": Personal(plain=("guide",)),
            "score.review.line": Personal(
                of=("review_id.user_id",), words=written("comment")
            ),
            "score.review.sample": Personal(
                by=(
                    "reviewer_ids",
                    "drawn_by_id",
                )
            ),
            "score.team.card": Personal(by=("closed_by_id",), plain=("details",)),
        }
