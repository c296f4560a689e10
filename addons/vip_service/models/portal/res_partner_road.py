from odoo import fields, models
from odoo.tools import format_list

from odoo.addons.vip_base.tools.times import event_time, month_end, month_name
from odoo.addons.vip_base.tools.written import (
    written_day,
    written_money,
    written_number,
)


class ResPartner(models.Model):
    """How a client keeps its tier and comes to the next one: a card on its home.

    Its own figures and what it lacks; of other tiers no thresholds, of those it is judged
    together with nothing.
    """

    _inherit = "res.partner"

    def _portal_road_card(self):
        """Return the client's road as texts, False of who is no client."""
        self.ensure_one()
        # As superuser: the client reads none of our models, it is told this much.
        client = self.sudo()._vip_client()
        if not client.client_type:
            return False
        road = client._client_360_road()
        told = {
            "keep": False,
            "rise": False,
            "until": client.vip_override_until,
            "together": bool(road["group"]),
            "counted": "",
            "decided": self.env.company.sudo().vip_auto_approval == "none",
        }
        if not road["month"] or road["group"]:
            return told
        month = fields.Date.to_date(road["month"])
        told["counted"] = self.env._(
            "By the figures of %s.", month_name(self.env, month)
        )
        if road["retain"]:
            told["keep"] = self._portal_keep(road, month)
            told["title"] = self.env._("Keeping %s", road["tier"]["name"])
        if road["next"]:
            told["rise"] = self._portal_goal(road["next"], "rise")
        return told

    def _portal_keep(self, road, month):
        """Return what keeps the present tier, and until when it can be mended."""
        goal = self._portal_goal(road["retain"], "keep")
        name, lacks = road["tier"]["name"], goal["lacks"]
        judged = road["judged"]
        # What can still be changed: figures of the very month that is judged next.
        runs = judged and not judged["over"] and judged["month"] == road["month"]
        days = runs and judged["days_left"]
        if not lacks:
            text = self.env._("By your figures you keep %s.", name)
        elif runs:
            today = self.env.company._vip_local_date(event_time(self.env))
            text = self.env._(
                "%(lacks)s more by %(day)s keeps %(tier)s.",
                lacks=lacks,
                day=written_day(self.env, month_end(month), today),
                tier=name,
            )
        else:
            text = self.env._("%(lacks)s more keeps %(tier)s.", lacks=lacks, tier=name)
        left = ""
        if runs and lacks:
            left = (
                self.env._("%s days left", days)
                if days != 1
                else self.env._("1 day left")
            )
        return {**goal, "text": text, "left": left, "late": bool(lacks)}

    def _portal_goal(self, goal, kind):
        """Return the steps of a goal as texts, and what is lacking in all."""
        # As superuser: the currency of the client's own company.
        currency = self.env.company.sudo()._vip_currency(None)

        def amount(value, unit):
            if unit == "money":
                return written_money(self.env, value, currency)
            return written_number(self.env, value)

        steps = [
            {
                "name": step["name"],
                "value": amount(step["value"], step["unit"]),
                "of": kind == "keep"
                and self.env._("of %s needed", amount(step["needed"], step["unit"])),
                "lacks": not step["passed"] and amount(step["missing"], step["unit"]),
                "to_go": not step["passed"]
                and self.env._("%s to go", amount(step["missing"], step["unit"])),
                "percent": round(max(step["percent"], 0)),
                "passed": step["passed"],
            }
            for step in goal["criteria"]
        ]
        reached = (any if goal["match"] == "any" else all)(s["passed"] for s in steps)
        open_steps = [] if reached else [step for step in steps if not step["passed"]]
        texts = [
            self.env._("%(metric)s %(amount)s", metric=one["name"], amount=one["lacks"])
            for one in open_steps
        ]
        style = "or" if goal["match"] == "any" else "standard"
        told = {
            "steps": steps,
            "lacks": format_list(self.env, texts, style) if texts else "",
        }
        if kind == "rise":
            tier = goal["tier"]
            told |= {"tier": tier["name"], "shade": tier["shade"]}
            told["text"] = (
                self.env._(
                    "%(lacks)s more leads to %(tier)s.",
                    lacks=told["lacks"],
                    tier=tier["name"],
                )
                if texts
                else self.env._("By your figures you reach %s.", tier["name"])
            )
        return told
