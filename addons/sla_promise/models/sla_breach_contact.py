from odoo import fields, models

from odoo.addons.vip_base.tools.loose_many2one import LooseMany2one


class SlaBreach(models.Model):
    """Breaches that a contact logged by hand shows to be none.

    Whoever logs an answer to the client afterwards withdraws a breach, maybe one of
    their own: the breach says so, for the managers to look at.
    """

    _inherit = "sla.breach"

    contact_id = LooseMany2one(
        "vip.contact",
        string="Logged contact",
        readonly=True,
        help="The call, visit or chat, logged by hand after the breach, by which it was "
        "withdrawn.",
    )

    def _withdrawals(self):
        """Name the logged contact by which a promise was kept, and who logged it."""
        found = self._logged_contacts()
        result = super(
            SlaBreach, self - self.browse(b.id for b in found)
        )._withdrawals()
        for breach, contact in found.items():
            breach.contact_id = contact
            reason = self.env._(
                "The promise was kept: contact with the client at %(at)s, logged by "
                "%(user)s at %(logged)s.",
                at=self._spelled(contact.at),
                user=contact.logged_by_id.name,
                logged=self._spelled(contact.recorded_at),
            )
            result.append((reason, breach))
        return result

    def _logged_contacts(self):
        """Return {breach: contact} where a logged contact stopped the clock in time."""
        early = self.filtered(
            lambda breach: (
                breach.clock_id.stopped_at
                and breach.clock_id.stopped_at <= breach.breached_at
            )
        )
        if not early:
            return {}
        contacts = self.env["vip.contact"].search(
            [("ticket_id", "in", early.ticket_id.ids), ("logged_by_id", "!=", False)]
        )
        known = {(contact.ticket_id, contact.at): contact for contact in contacts}
        pairs = (
            (breach, known.get((breach.ticket_id, breach.clock_id.stopped_at)))
            for breach in early
        )
        return {breach: contact for breach, contact in pairs if contact}

    def _spelled(self, at):
        local = fields.Datetime.context_timestamp(self, at)
        return local.strftime("%Y-%m-%d %H:%M")
