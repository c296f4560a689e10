from odoo import api, models

from odoo.addons.resource_worktime.engine.worktime import to_epoch


class VipContact(models.Model):
    """Contacts as promises hear of them: those about a ticket."""

    _inherit = "vip.contact"

    @api.model
    def _note(self, message_ids, now, mailed, heard=()):
        """Keep what of messages is a step of work, too."""
        result = super()._note(message_ids, now, mailed, heard)
        # As superuser: nobody but this code writes down steps.
        self.env["sla.step"].sudo()._note(message_ids, now)
        return result

    @api.model
    def _told(self, contacts, now):
        """Let first responses, waiting and clocks follow."""
        result = super()._told(contacts, now)
        heard = [
            (
                contact.ticket_id,
                to_epoch(contact.at),
                contact.outgoing,
                contact.doubtful,
            )
            for contact in contacts
            if contact.ticket_id
        ]
        self.env["helpdesk.ticket"]._sla_hear(heard, now)
        return result

    @api.model
    def _taken_back(self, contacts, now):
        """Let first responses, waiting and clocks go on as if they had not been."""
        result = super()._taken_back(contacts, now)
        taken = [
            (contact.ticket_id, to_epoch(contact.at), contact.doubtful)
            for contact in contacts
            if contact.ticket_id
        ]
        self.env["helpdesk.ticket"]._sla_unhear(taken, now)
        return result
