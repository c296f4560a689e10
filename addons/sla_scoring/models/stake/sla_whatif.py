from odoo import models

from odoo.addons.vip_base.tools.sql import read_whole
from odoo.addons.vip_base.tools.stake import Line
from odoo.addons.vip_base.tools.written import written_number


class SlaWhatif(models.Model):
    """What draft policies would have cost in points, by the bands of the rules alone.

    Without shares of holders, caps and offsets: the same on both sides, so that they
    compare. What was excused counts on neither less.
    """

    _inherit = "sla.whatif"

    def _trial_lines(self):
        lines = super()._trial_lines()
        for row in self._page_extra():
            value = f"{row['actual']} → {row['draft']}"
            note = self.env._("by the bands of the rules, before caps and excuses")
            lines.append(Line(row["label"], value=value, note=note))
        return lines

    def _page_extra(self):
        really, drafted = self._costs()
        rows = []
        for key, label in (
            ("points", self.env._("Points deducted")),
            ("error", self.env._("Errors")),
        ):
            actual, draft = really.get(key, 0), drafted.get(key, 0)
            if actual or draft:
                rows.append(
                    {
                        "label": label,
                        "actual": written_number(self.env, actual),
                        "draft": written_number(self.env, draft),
                    }
                )
        return [*super()._page_extra(), *rows]

    def _costs(self):
        """Return two dicts of what the lateness costs, really and under the draft.

        :return: {"points": sum, "error": number of errors} each
        """
        really, drafted = {}, {}
        # As superuser: the rules charge alike whoever asks; sums alone are shown.
        whatif = self.sudo()
        targets = whatif._targets()
        with read_whole(
            self.env["score.rule"].sudo().search([("active", "=", True)])
        ) as rules:
            for line in whatif.line_ids.filtered(lambda one: one.kind != "risk"):
                promise = line._promise(targets.get((line.policy_id.id, line.metric)))
                for due, overrun, sums in (
                    (line.actual_due_at, line.actual_overrun_seconds, really),
                    (line.due_at, line.overrun_seconds, drafted),
                ):
                    if due and overrun:
                        line._add_cost(rules, promise, due, overrun, sums)
        return really, drafted

    def _targets(self):
        """Return {(policy id, metric): target} of what was or would be broken."""
        targets = self.line_ids.policy_id.target_ids
        return {(target.policy_id.id, target.metric): target for target in targets}


class SlaWhatifLine(models.Model):
    _inherit = "sla.whatif.line"

    def _promise(self, target):
        """Return this promise as the rules look at it."""
        path = (self.category_id.parent_path or "").strip("/")
        return {
            "key_client": bool(self.tier_id),
            "item_limit": bool(target and target.item_limit),
            "metric": self.metric,
            "tier_id": self.tier_id.id or None,
            "category_path": {int(key) for key in path.split("/") if key},
        }

    def _add_cost(self, rules, promise, due, overrun, sums):
        """Add to ``sums`` what a lateness costs.

        :param due: naive UTC, by whose day the rule is found
        :param overrun: seconds
        """
        company = self.whatif_id.company_id
        rule = rules._for_promise(promise, company, company._vip_local_date(due))
        band = rule and rule._band_for(overrun)
        if not band or rule._spares(overrun):
            return
        if band.outcome == "points":
            sums["points"] = sums.get("points", 0) - band.points
        else:
            sums["error"] = sums.get("error", 0) + 1
