from odoo import api, models

from odoo.addons.vip_base.tools.personal import Personal, frozen, written


class VipPersonal(models.AbstractModel):
    """What this addon holds of persons."""

    _inherit = "vip.personal"

    @api.model
    def _personal_data(self):
        return {
            **super()._personal_data(),
            "res.partner": Personal(
                of=(
                    "adviser_id",
                    "head_client_id",
                ),
                numbers=("client_number",),
            ),
            "helpdesk.ticket": Personal(
                of=(
                    "partner_id",
                    "vip_owner_id",
                )
            ),
            "vip.activity": Personal(
                of=("partner_id",),
                by=(
                    "recorded_by_id",
                    "superseded_by_id",
                ),
            ),
            "vip.activity.import": Personal(
                by=(
                    "user_id",
                    "undone_by_id",
                ),
                words=written("questions", "remarks", "preview", "push_answer"),
                plain=(
                    "problem",
                    "name",
                    "file_name",
                    "reject_file_name",
                    "push_key",
                    "push_digest",
                ),
            ),
            "vip.activity.waiting": Personal(of=("partner_id",)),
            "vip.answer": Personal(
                of=("question_id.asked_partner_id",),
                by=("entered_by_id",),
                plain=(
                    "source",
                    "words_salt",
                    "words_hash",
                ),
            ),
            "vip.answer.import": Personal(
                by=("user_id",),
                words=written("questions", "remarks", "preview"),
                plain=(
                    "problem",
                    "name",
                    "file_name",
                    "reject_file_name",
                ),
            ),
            "vip.answer.words": Personal(
                of=("answer_id.question_id.asked_partner_id",), words=written("text")
            ),
            "vip.client.alias": Personal(
                of=("partner_id",), by=("recorded_by_id",), numbers=("number",)
            ),
            "vip.client.check": Personal(
                of=("partner_id",), by=("user_id",), words=written("note")
            ),
            "vip.client.hint": Personal(
                of=("partner_id",), by=("author_id",), words=written("text")
            ),
            "vip.client.mark": Personal(
                of=("partner_id",),
                by=(
                    "author_id",
                    "ended_by_id",
                ),
                words=written("text", "consent"),
            ),
            "vip.client.group": Personal(words=written("name")),
            "vip.client.group.member": Personal(
                of=("partner_id",),
                by=(
                    "recorded_by_id",
                    "ended_by_id",
                ),
                words=written(
                    "evidence", "consented_by", "attachment_name", "end_reason"
                ),
            ),
            "vip.client.import": Personal(
                by=("user_id",),
                words=written("questions", "remarks", "preview"),
                plain=(
                    "problem",
                    "name",
                    "file_name",
                    "reject_file_name",
                ),
            ),
            "vip.contact": Personal(
                of=(
                    "partner_id",
                    "author_id",
                ),
                by=("logged_by_id",),
                words=frozen("note"),
            ),
            "vip.dimension": Personal(plain=("code",)),
            "vip.entitlement": Personal(plain=("description",)),
            "vip.entitlement.use": Personal(
                of=("partner_id",), by=("user_id",), words=written("note")
            ),
            "vip.health.backtest": Personal(plain=("problem",)),
            "vip.health.backtest.row": Personal(of=("partner_id",)),
            "vip.health.measure": Personal(plain=("key",)),
            "vip.health.override": Personal(
                of=("partner_id",),
                by=(
                    "user_id",
                    "ended_by_id",
                ),
                words=written("reason"),
            ),
            "vip.key.point.outcome": Personal(
                of=("partner_id",), by=("user_id",), plain=("key",)
            ),
            "vip.key.point.retired": Personal(
                of=("partner_id",),
                by=(
                    "user_id",
                    "again_by_id",
                ),
                plain=("key",),
            ),
            "vip.key.point.showing": Personal(
                of=("partner_id",), by=("user_id",), plain=("key",)
            ),
            "vip.ladder.version": Personal(
                by=(
                    "proposed_by_id",
                    "decided_by_id",
                ),
                plain=(
                    "reason",
                    "preview",
                ),
            ),
            "vip.late.contact": Personal(
                of=("contact_id.partner_id",),
                by=(
                    "proposed_by_id",
                    "decided_by_id",
                ),
                words=written("evidence", "reason"),
            ),
            "vip.lifecycle": Personal(of=("partner_id",)),
            "vip.metric": Personal(plain=("code",)),
            "vip.question": Personal(
                of=(
                    "asked_partner_id",
                    "partner_id",
                ),
                by=("user_id",),
                plain=("lang",),
            ),
            "vip.question.key": Personal(
                of=("question_id.asked_partner_id",), plain=("fingerprint",)
            ),
            "vip.source": Personal(
                plain=(
                    "name",
                    "code",
                    "sheet",
                )
            ),
            "vip.source.column": Personal(plain=("heading",)),
            "vip.tier": Personal(
                plain=(
                    "description",
                    "code",
                )
            ),
            "vip.tier.backtest": Personal(
                plain=(
                    "problem",
                    "result",
                )
            ),
            "vip.tier.backtest.line": Personal(of=("partner_id",), by=("adviser_id",)),
            "vip.tier.backtest.ticket": Personal(
                of=("partner_id",), plain=("targets",)
            ),
            "vip.tier.backtest.today": Personal(of=("partner_id",)),
            "vip.tier.change": Personal(
                of=("partner_id",),
                by=(
                    "proposed_by_id",
                    "asked_by_id",
                    "decided_by_id",
                    "opinion_by_id",
                ),
                words=written("reason", "override_end_reason", "opinion_note"),
                plain=(
                    "evidence",
                    "figures_before",
                ),
            ),
            "vip.tier.correction": Personal(
                of=("partner_id",),
                plain=(
                    "figures_then",
                    "figures_now",
                ),
            ),
            "vip.tier.membership": Personal(of=("partner_id",)),
            "vip.tier.review": Personal(
                by=(
                    "run_by_id",
                    "by_hand_ids",
                ),
                plain=(
                    "reason",
                    "rules",
                ),
            ),
            "vip.tier.verdict": Personal(
                of=("partner_id",),
                plain=(
                    "figures",
                    "rolled_up",
                ),
            ),
            "vip.put.off": Personal(of=("user_id",), plain=("key", "since")),
            "vip.unit": Personal(
                of=("head_id",),
                plain=(
                    "complete_name",
                    "parent_path",
                ),
            ),
        }
