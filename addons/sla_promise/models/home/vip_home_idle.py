from odoo import api, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.panel import Panel
from odoo.addons.vip_base.tools.tile import AGENTS

from ..ticket.helpdesk_ticket_next_action import REMIND_AFTER


class VipHome(models.AbstractModel):
    """What an agent may do whose own desk is empty: it offers work."""

    _inherit = "vip.home"

    @api.model
    def _idle_panels(self):
        return [
            Panel(
                key="sla_promise/idle",
                label=self.env._("Nothing is due today"),
                roles=AGENTS,
                component="sla_promise/idle",
                load=self._idle_shown,
                model="sla.clock",
                sequence=35,
            ),
        ]

    @api.model
    def _idle_shown(self):
        if self._of_sections("act", "due"):
            return None
        offers = (
            self._offer_later,
            self._offer_remind,
            self._offer_free,
            self._offer_help,
        )
        return {"offers": [told for offer in offers for told in [offer()] if told]}

    @api.model
    def _offer(self, icon, text, count, link):
        return count and {"icon": icon, "text": text, "count": count, "link": link}

    @api.model
    def _offer_later(self):
        """Offer what is due another day."""
        count = len(self._of_sections("later"))
        text = self.env._("Go on with what is due later: %s of yours", count)
        link = self._section_link(self.env._("Later"), "later")
        return self._offer("fa-calendar-o", text, count, link)

    @api.model
    def _offer_remind(self):
        """Offer own tickets that wait for somebody who has been silent for long."""
        waiting = self._of_sections("on_client", "on_others")
        silent = self._silent([row.id for row in waiting])
        text = self.env._(
            "Remind whom you wait for: %(silent)s of your %(count)s waiting tickets have "
            "been silent for over %(days)s days",
            silent=len(silent),
            count=len(waiting),
            days=REMIND_AFTER.days,
        )
        link = {
            "model": "helpdesk.ticket",
            "domain": [("id", "in", silent)],
            "name": self.env._("Waiting"),
        }
        return self._offer("fa-phone", text, len(silent), link)

    @api.model
    def _silent(self, ticket_ids):
        """Return those of these tickets on which somebody is to be reminded."""
        if not ticket_ids:
            return []
        actions = (
            self.env["helpdesk.ticket"].browse(ticket_ids).mapped("vip_next_actions")
        )
        return [
            ticket_id
            for ticket_id, found in zip(ticket_ids, actions, strict=True)
            if any(action["verb"] == "remind" for action in found or ())
        ]

    @api.model
    def _offer_free(self):
        """Offer what nobody of the own teams has taken."""
        domain = self._open_requests() & self._unassigned_in_my_teams()
        count = self.env["helpdesk.ticket"].search_count(domain)
        text = self.env._("Take one that nobody has: %s in your teams", count)
        link = {
            "model": "helpdesk.ticket",
            "name": self.env._("Unassigned in my teams"),
            "domain": list(domain),
        }
        return self._offer("fa-hand-paper-o", text, count, link)

    @api.model
    def _offer_help(self):
        """Offer what is late or soon of the colleague who has most of it."""
        others = [load for load in self._loads() if load["id"] != self.env.uid]
        if not others or not others[0]["late"] + others[0]["soon"]:
            return None
        load = others[0]
        count = load["late"] + load["soon"]
        text = self.env._(
            "Take one from %(name)s: %(open)s open, %(count)s late or due soon",
            name=load["name"],
            open=load["open"],
            count=count,
        )
        domain = Domain("user_id", "=", load["id"]) & Domain(
            "sla_section", "in", ["act"]
        )
        return self._offer(
            "fa-life-ring", text, count, self._load_link(load["name"], domain)
        )
