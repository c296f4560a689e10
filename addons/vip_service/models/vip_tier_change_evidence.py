from datetime import date

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.times import month_name
from odoo.addons.vip_base.tools.written import written_amount


class VipTierChange(models.Model):
    """The frozen evidence of a tier change, in words for people."""

    _inherit = "vip.tier.change"

    @api.depends("evidence", "figures_before")
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
                    "group": change._evidence_group(),
                    "changed": bool(change.figures_before),
                    "missing": change._evidence_missing(names),
                },
            )

    @api.depends("evidence", "figures_before")
    @api.depends_context("lang")
    def _compute_evidence_text(self):
        names = self._evidence_names()
        for change in self:
            rows = change._evidence_rows(names)
            # The same figure may be measured for several tiers.
            texts = dict.fromkeys(
                f"{row['metric_name']} {change._value_text(row)}" for row in rows
            )
            if missing := change._evidence_missing(names):
                texts[self.env._("without exchange rate: %s", missing)] = None
            if version := change.ladder_version_id:
                # As superuser: only from when on the ladder holds.
                texts[version.sudo().display_name] = None
            change.evidence_text = " · ".join(texts) or False

    def _evidence_group(self):
        """Return the group by whose figures the client was judged, with its members.

        The evidence has their ids; the names are those of today.
        """
        group = self.evidence.get("group")
        if not group:
            return None
        # As superuser: who was judged together, for who may read the proposal.
        env = self.sudo().env
        clients = env["res.partner"].browse(m["id"] for m in group["members"]).exists()
        names = {client.id: client.display_name for client in clients}
        gone = self.env._("a client that is no longer here")
        return {
            "name": env["vip.client.group"].browse(group["id"]).exists().name or "",
            "members": [
                {"name": names.get(m["id"], gone), "since": m["since"]}
                for m in group["members"]
            ],
        }

    def _value_text(self, row):
        if not row["before_text"]:
            return row["value_text"]
        return self.env._(
            "%(value)s (before: %(before)s)",
            value=row["value_text"],
            before=row["before_text"],
        )

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
        before = {
            self._criterion_key(criterion): criterion
            for criterion in (self.figures_before or {}).get("criteria", ())
        }
        return [
            {
                **criterion,
                "before_text": self._before_text(before, criterion),
                "tier_name": tiers.get(criterion["tier_id"], criterion["tier"]),
                "metric_name": metrics.get(criterion["metric"], criterion["metric"]),
                "aggregate_name": self._aggregate_text(criterion),
                "value_text": self._amount_text(criterion, "value"),
                "qualify_text": self._amount_text(criterion, "qualify"),
                "retain_text": self._amount_text(criterion, "retain"),
            }
            for criterion in (self.evidence or {}).get("criteria", ())
        ]

    def _criterion_key(self, criterion):
        names = ("tier_id", "metric", "window_months", "aggregate")
        return tuple(criterion[name] for name in names)

    def _before_text(self, before, criterion):
        """Return the value before, where the figures have changed, else nothing."""
        was = before.get(self._criterion_key(criterion))
        if not was or was["value"] == criterion["value"]:
            return ""
        return self._amount_text(was, "value")

    def _evidence_missing(self, names):
        """Return as text what was left out for want of an exchange rate."""
        metrics, _tiers = names
        return ", ".join(
            f"{metrics.get(m['metric'], m['metric'])} "
            f"{month_name(self.env, date.fromisoformat(m['month'] + '-01'))} "
            f"({m['currency']})"
            for m in (self.evidence or {}).get("missing", ())
        )

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
        money = criterion["unit"] == "money" and self.evidence.get("currency")
        return written_amount(self.env, criterion[key], money)
