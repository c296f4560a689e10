from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.prefetch import RARE

#: Tickets of a changed stage that are brought up to date together.
BATCH = 5000
#: What a stage says about the clocks of its tickets.
MEANING = frozenset(("closed", "solved", "cancels", "waiting_on"))


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    waiting_on = fields.Selection(
        [("client", "Client"), ("third_party", "Third party")],
        string="Waiting on",
        groups="base.group_user",
        help="Whom we wait for in this stage. Empty: we are working.",
        # Not as rare as the others: each form of a ticket looks at it.
    )
    solved = fields.Boolean(
        groups="base.group_user",
        help="The work is done in this stage. A closed stage counts as solved.",
        prefetch=RARE,
    )
    works = fields.Boolean(
        string="Work has begun",
        groups="base.group_user",
        help="Who moves a ticket here works on it: its handling has started, if somebody "
        "holds it. So it has in a stage in which the work is done.",
        prefetch=RARE,
    )
    cancels = fields.Boolean(
        string="Cancels promises",
        groups="base.group_user",
        help="A ticket that comes here before a promise is due is owed nothing more.",
        prefetch=RARE,
    )

    def write(self, vals):
        """Bring the tickets of a stage up to date when its meaning changes.

        The host lets the public write stages; what they mean for promises does not
        belong to the public.
        """
        if not (MEANING | {"works"}).isdisjoint(vals) and not self.env.su:
            if not self.env.user.has_group("helpdesk_mgmt.group_helpdesk_manager"):
                raise AccessError(
                    self.env._("Only a helpdesk administrator says what a stage means.")
                )
        result = super().write(vals)
        if not MEANING.isdisjoint(vals):
            self._sla_sync_tickets()
        return result

    @api.model
    def _name_waiting_for_client(self):
        """Say in the host's stage *Awaiting* for whom it waits, if nobody renamed it."""
        stage = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting", False)
        english = stage and stage.with_context(lang="en_US")
        if english and english.name == "Awaiting":
            english.name = "Waiting for the client"

    def _sla_sync_tickets(self):
        # As superuser: a stage's meaning concerns all of its tickets.
        tickets = self.env["helpdesk.ticket"].sudo()
        tickets.flush_model(["stage_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT t.id FROM helpdesk_ticket t WHERE t.stage_id = ANY(%s) AND "
                "EXISTS (SELECT FROM sla_span s WHERE s.ticket_id = t.id) ORDER BY t.id",
                self.ids,
            )
        )
        ids = [row[0] for row in rows]
        for first in range(0, len(ids), BATCH):
            tickets.browse(ids[first : first + BATCH])._sla_sync()

    def _for_reopening(self):
        """Leave out the stages in which nobody works."""
        stages = super()._for_reopening()
        work = stages.filtered(
            lambda stage: not (stage.solved or stage.cancels or stage.waiting_on)
        )
        return work or stages
