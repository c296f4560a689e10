from odoo import models

from odoo.addons.vip_base.tools.links import rows_link
from odoo.addons.vip_base.tools.stake import Line, Stake
from odoo.addons.vip_base.tools.times import event_time

from ...engine import states


class VipTierChange(models.Model):
    """What a client whose tier changes is owed now."""

    _inherit = "vip.tier.change"

    def _stakes(self):
        return [*super()._stakes(), self._owed_stake()]

    def _owed_stake(self):
        """Return the promises that run, and those that are late now."""
        at = event_time(self.env)
        # As superuser: which tickets are the client's; promises are read as the user.
        tickets = self.partner_id.sudo()._owed_tickets(self.company_id)
        clocks = self.env["sla.clock"].search(
            [
                ("ticket_id", "in", tickets.ids),
                ("stopped_at", "=", False),
                ("state", "in", [*states.OPEN_STATES, states.MISSED]),
            ]
        )
        late = clocks.filtered(
            lambda clock: (
                clock.state == states.MISSED or (clock.due_at and clock.due_at < at)
            )
        )
        lines = [
            self._owed_line(self.env._("Late now"), late, "late"),
            self._owed_line(self.env._("Promises that run"), clocks - late, ""),
        ]
        return Stake(
            "sla_promise/owed",
            self.env._("What the client is owed now"),
            [line for line in lines if line],
            self.env._("Nothing is owed to the client now."),
            40,
        )

    def _together_flags(self):
        flags = super()._together_flags()
        late = self._late_by_client()
        for change in self:
            if count := late.get(change.partner_id.id):
                text = self.env._("%s late", count)
                flag = {"key": "late", "text": text, "tone": "late"}
                flags.setdefault(change.id, []).append(flag)
        return flags

    def _together_effects(self):
        late = self._late_by_client()
        falling = self.filtered(
            lambda change: (
                change.direction == "demotion" and change.partner_id.id in late
            )
        )
        lines = []
        # As superuser: how many tickets go on, of clients whose change the user reads.
        tickets = self.partner_id.sudo()._owed_tickets(self.env.company)
        if tickets:
            text = self.env._(
                "Promises that are over or missed keep their verdict; open tickets are "
                "promised by the new tier from its day on"
            )
            link = rows_link("helpdesk.ticket", text, [["id", "in", tickets.ids]])
            lines.append(Line(text, value=str(len(tickets)), link=link))
        if falling:
            text = self.env._("Fall while something of theirs is late now")
            lines.append(self._effect(text, falling, "late"))
        return [*lines, *super()._together_effects()]

    def _late_by_client(self):
        """Return {id of a client: how many tickets of its are late now}."""
        # As superuser: which tickets are the clients', counted alone.
        tickets = self.partner_id.sudo()._owed_tickets(self.env.company)
        domain = [
            ("ticket_id", "in", tickets.ids),
            ("state", "=", states.MISSED),
            ("stopped_at", "=", False),
        ]
        # As superuser: as above.
        clocks = self.env["sla.clock"].sudo().search(domain)
        late = tickets.browse(clocks.ticket_id.ids)
        return {
            client.id: len(own)
            for client, own in late.grouped("commercial_partner_id").items()
        }

    def _owed_line(self, label, clocks, tone):
        if not clocks:
            return None
        domain = [["id", "in", clocks.ids]]
        link = rows_link("sla.clock", label, domain)
        return Line(label, value=str(len(clocks)), tone=tone, link=link)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _owed_tickets(self, company):
        """Return the open tickets of these clients in a company."""
        return self.env["helpdesk.ticket"].search(
            [
                ("commercial_partner_id", "in", self.ids),
                ("company_id", "=", company.id),
                (
                    "stage_id",
                    "in",
                    self.env["helpdesk.ticket.stage"]._open_ids(),
                ),
            ]
        )
