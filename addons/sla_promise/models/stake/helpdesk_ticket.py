from datetime import timedelta

from odoo import models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.links import record_link, rows_link
from odoo.addons.vip_base.tools.stake import Line, Stake
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import written_length

#: So many lines of each kind stand beside a decision; the others are a press away.
SHOWN = 12
#: How long before a promise began what was said still explains it.
BEFORE = timedelta(hours=2)


class HelpdeskTicket(models.Model):
    """What a ticket tells whoever decides on one of its promises."""

    _inherit = "helpdesk.ticket"

    def _request_stakes(self, since, until=None):
        """Return what happened on this ticket: what was said, and who held it.

        :param since: naive UTC
        :param until: naive UTC; now if not given
        """
        if not self:
            return []
        until = until or event_time(self.env)
        return [self._contact_stake(since, until), self._timeline_stake(since, until)]

    def _contact_stake(self, since, until):
        domain = Domain("ticket_id", "=", self.id) & Domain("at", "<=", until)
        contacts = self.env["vip.contact"]
        shown = contacts.search(
            domain & Domain("at", ">=", since - BEFORE), order="at, id", limit=SHOWN
        )
        lines = [contact._stake_line() for contact in shown]
        if (count := contacts.search_count(domain)) > len(shown):
            title = self.env._("Contacts with the client")
            link = rows_link("vip.contact", title, [["ticket_id", "=", self.id]])
            text = self.env._("All contacts on this ticket")
            lines.append(Line(text, value=str(count), link=link))
        return Stake(
            "sla_promise/contacts",
            self.env._("What was said meanwhile"),
            lines,
            self.env._("Nothing was said to the client or by the client."),
            20,
        )

    def _timeline_stake(self, since, until):
        spans = self.env["sla.span"].search([("ticket_id", "=", self.id)])
        shown = [
            span
            for span in spans
            if span.start <= until and (not span.stop or span.stop > since)
        ]
        lines = [span._stake_line(until) for span in shown[:SHOWN]]
        if len(shown) > SHOWN:
            text = self.env._("and %s more stretches", len(shown) - SHOWN)
            lines.append(Line(text, link=record_link(self._name, self.id)))
        return Stake(
            "sla_promise/timeline",
            self.env._("Who held it, and what it waited for"),
            lines,
            self.env._("Nothing is on its timeline."),
            30,
        )


class VipContact(models.Model):
    _inherit = "vip.contact"

    def _stake_line(self):
        """Return this contact as a line beside a decision."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        whom = self.env._("to the client") if self.outgoing else self.env._("by it")
        notes = [self.author_id.display_name or ""]
        if self.recorded_at - self.at > timedelta(minutes=15):
            late = (self.recorded_at - self.at).total_seconds()
            notes.append(
                self.env._("recorded %s later", written_length(self.env, late))
            )
        if self.withheld or self.void:
            notes.append(self.env._("does not count"))
        return Line(
            self.env._("%(kind)s, %(whom)s", kind=kinds[self.kind], whom=whom),
            at=self.at,
            note=" · ".join(filter(None, notes)),
            tone="soon" if self.withheld or self.void else "",
        )


class SlaSpan(models.Model):
    _inherit = "sla.span"

    def _stake_line(self, until):
        """Return this stretch as a line beside a decision; it ends by ``until``."""
        # As superuser: names alone, of who held it and where it stood.
        span = self.sudo()
        length = (min(self.stop or until, until) - self.start).total_seconds()
        notes = [span.team_id.display_name or ""]
        if self.waiting_on == "client":
            notes.append(self.env._("waits for the client"))
        elif self.waiting_on:
            notes.append(self.env._("waits for a third party"))
        holder = span.user_id.display_name or self.env._("nobody")
        stage = span.stage_id.display_name or ""
        return Line(
            f"{holder} · {stage}",
            at=self.start,
            value=written_length(self.env, length) if length > 0 else "",
            note=" · ".join(filter(None, notes)),
        )
