from odoo import api, fields, models
from odoo.fields import Domain


class VipTierChange(models.Model):
    """The frozen evidence of a tier change, in words for people."""

    _inherit = "vip.tier.change"

    evidence_html = fields.Html(
        string="Evidence", compute="_compute_evidence_html", sanitize=False
    )
    evidence_text = fields.Char(
        string="Figures", compute="_compute_evidence_text", help="What was measured."
    )

    @api.depends("evidence")
    @api.depends_context("lang")
    def _compute_evidence_html(self):
        names = self._evidence_names()
        for change in self:
            rows = change._evidence_rows(names)
            month = (change.evidence or {}).get("month")
            change.evidence_html = rows and self.env["ir.qweb"]._render(
                "vip_service.tier_change_evidence",
                {
                    "rows": rows,
                    "month": month,
                    "group": change.evidence.get("group"),
                },
            )

    @api.depends("evidence")
    @api.depends_context("lang")
    def _compute_evidence_text(self):
        names = self._evidence_names()
        for change in self:
            rows = change._evidence_rows(names)
            # The same figure may be measured for several tiers.
            texts = dict.fromkeys(
                f"{row['metric_name']} {row['value_text']}" for row in rows
            )
            change.evidence_text = " · ".join(texts) or False

    def _evidence_names(self):
        """Return the present names of metrics by code and of tiers by id."""
        # As superuser: an old proposal may name a tier or metric hidden meanwhile.
        env = self.with_context(active_test=False).sudo().env
        metrics = env["vip.metric"].search(Domain.TRUE)
        tiers = env["vip.tier"].search(Domain.TRUE)
        return (
            {metric.code: metric.name for metric in metrics},
            {tier.id: tier.name for tier in tiers},
        )

    def _evidence_rows(self, names):
        """Return the frozen evidence as rows of text for people."""
        self.ensure_one()
        metrics, tiers = names
        return [
            {
                **criterion,
                "tier_name": tiers.get(criterion["tier_id"], criterion["tier"]),
                "metric_name": metrics.get(criterion["metric"], criterion["metric"]),
                "aggregate_name": self._aggregate_text(criterion),
                "value_text": self._amount_text(criterion, "value"),
                "qualify_text": self._amount_text(criterion, "qualify"),
                "retain_text": self._amount_text(criterion, "retain"),
            }
            for criterion in (self.evidence or {}).get("criteria", ())
        ]

    def _aggregate_text(self, criterion):
        labels = dict(
            self.env["vip.tier.criterion"]
            ._fields["aggregate"]
            ._description_selection(self.env)
        )
        return self.env._(
            "%(aggregate)s of %(months)s months",
            aggregate=labels[criterion["aggregate"]],
            months=criterion["window_months"],
        )

    def _amount_text(self, criterion, key):
        number = f"{criterion[key]:,.2f}".rstrip("0").rstrip(".")
        currency = self.evidence.get("currency") if criterion["unit"] == "money" else ""
        return f"{number} {currency}".strip()
