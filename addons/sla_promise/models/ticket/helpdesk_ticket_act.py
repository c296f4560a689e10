from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.vip_base.tools.groups import AGENT_GROUP, STAFF_GROUPS

#: What may be done with a ticket in the queue.
ACTS = ("take", "assign", "reply", "log", "pause", "solve")
#: What needs no right to change the ticket, and what closed ones allow.
READS = ("reply",)
AFTER_CLOSING = ("reply", "log")


class HelpdeskTicket(models.Model):
    """What people do with tickets from the queue, with one or with many at once.

    What is offered is what would be done: both ask the same (`_sla_bars`).
    """

    _inherit = "helpdesk.ticket"

    sla_acts = fields.Json(
        string="What may be done",
        compute="_compute_sla_acts",
        groups=STAFF_GROUPS,
        help="Names of what the reader may do with it from the queue.",
    )

    @api.depends_context("uid")
    @api.depends("stage_id", "user_id", "team_id", "partner_id", "partner_email")
    def _compute_sla_acts(self):
        bars = self._sla_bars(ACTS)
        for ticket in self:
            ticket.sla_acts = [act for act in ACTS if ticket.id not in bars[act]]

    # What may not be done, and why

    def _sla_bars(self, acts):
        """Return {act: {ticket id: why the user may not do it}} of what is not offered.

        As many queries for one ticket as for many.

        :param acts: of :data:`ACTS`
        """
        if not self.env.user.has_group(AGENT_GROUP):
            why = self.env._("Only agents work on requests.")
            return {act: dict.fromkeys(self.ids, why) for act in acts}
        writable = set(self._filtered_access("write").ids)
        stages = self._sla_stages()
        result = {}
        for act in acts:
            find, found = getattr(self, f"_sla_bar_{act}"), {}
            for ticket in self:
                if act not in READS and ticket.id not in writable:
                    why = self.env._("You may not change it.")
                elif act not in AFTER_CLOSING and ticket.stage_id.closed:
                    why = self.env._("It is closed.")
                else:
                    why = find(ticket, stages)
                if why:
                    found[ticket.id] = why
            result[act] = found
        return result

    @api.model
    def _sla_bar_take(self, ticket, _stages):
        user = self.env.user
        if ticket.user_id == user:
            return self.env._("You hold it already.")
        if ticket.team_id and ticket.team_id not in user.helpdesk_team_ids:
            return self.env._("You are not a member of its team.")
        bars = ticket._bars_to_hold(user)
        return " ".join(bars) if bars and ticket._is_of_key_client() else ""

    @api.model
    def _sla_bar_assign(self, ticket, _stages):
        if ticket.team_id and not ticket.team_id.user_ids:
            return self.env._("Nobody is in its team.")
        return ""

    @api.model
    def _sla_bar_reply(self, ticket, _stages):
        if ticket.partner_id or ticket.partner_email:
            return ""
        return self.env._("It has no client to write to.")

    @api.model
    def _sla_bar_log(self, ticket, _stages):
        if ticket.partner_id and ticket.partner_id == self.env.user.partner_id:
            return self.env._("You are its client; somebody else serves it.")
        return ""

    @api.model
    def _sla_bar_pause(self, ticket, stages):
        if ticket.stage_id.waiting_on:
            return self.env._("It waits already.")
        if ticket.stage_id.solved:
            return self.env._("It is solved.")
        if not ticket._sla_stage_for(stages["pause"]):
            return self.env._("Its team has no stage that waits for the client.")
        return ""

    @api.model
    def _sla_bar_solve(self, ticket, stages):
        if ticket.stage_id.solved:
            return self.env._("It is solved already.")
        if not ticket._sla_stage_for(stages["solve"]):
            return self.env._("Its team has no stage for what is solved.")
        return ""

    def _sla_stage_for(self, stages):
        """Return the first of these stages that its team has."""
        team = self.team_id
        return stages.filtered(
            lambda stage: not stage.team_ids or team in stage.team_ids
        )[:1]

    @api.model
    def _sla_stages(self):
        """Return {act: the stages to which it leads, in their order}; one query."""
        # As superuser: what stages mean is the same for everybody.
        stages = self.env["helpdesk.ticket.stage"].sudo()
        stages = stages.search([("cancels", "=", False)])
        return {
            "pause": stages.filtered(
                lambda stage: stage.waiting_on == "client" and not stage.closed
            ),
            "solve": stages.filtered(lambda stage: stage.solved or stage.closed),
        }

    # Doing it

    def action_sla_take(self):
        """Take these tickets; see :meth:`_sla_act`."""
        return self._sla_act("take", lambda _ticket: {"user_id": self.env.uid})

    def action_sla_assign(self, user_id):
        """Give these tickets to somebody; see :meth:`_sla_act`.

        :param user_id: one of :meth:`sla_holders`
        """
        return self._sla_act("assign", lambda _ticket: {"user_id": user_id})

    def action_sla_solve(self):
        """Move these tickets to where they are solved; see :meth:`_sla_act`."""
        return self._sla_move("solve")

    def action_sla_pause(self):
        """Let these tickets wait for their clients; see :meth:`_sla_act`.

        If nothing was asked on a single one, ``next`` asks what it waits for.
        """
        said = self._sla_move("pause")
        unasked = self.browse(said["done"]).filtered("sla_nothing_asked")
        said["unasked"] = unasked.mapped("number")
        if len(self) == 1 and unasked:
            said["next"] = self.action_sla_ask()
        return said

    def sla_holders(self):
        """Return the ids of whom all of these tickets may be given to."""
        self.check_access("read")
        # As superuser: only who is in which team.
        tickets = self.sudo()
        if teams := tickets.team_id:
            users = teams[0].user_ids
            for team in teams[1:]:
                users &= team.user_ids
        else:
            agents = self.env.ref(AGENT_GROUP).sudo()
            users = agents.all_user_ids.filtered(lambda user: not user.share)
        for ticket in tickets:
            users = ticket._may_hold(users)
        return users.ids

    def _sla_move(self, act):
        stages = self._sla_stages()[act]
        return self._sla_act(
            act, lambda ticket: {"stage_id": ticket._sla_stage_for(stages).id}
        )

    def _sla_act(self, act, values):
        """Do something with those of these tickets with which it may be done.

        :param act: one of :data:`ACTS`
        :param values: function that gives the values to write of a ticket
        :return: ``done`` (ids), ``refused`` (number and why of each) and ``next`` (a
            window that goes on from here, or False)
        """
        bars = self._sla_bars([act])[act]
        able = self.filtered(lambda ticket: ticket.id not in bars)
        alike = defaultdict(self.browse)
        for ticket in able:
            alike[frozenset(values(ticket).items())] += ticket
        for vals, tickets in alike.items():
            bars |= tickets._sla_try(dict(vals))
        return {
            "done": [id_ for id_ in able.ids if id_ not in bars],
            "refused": [
                {"id": ticket.id, "number": ticket.number, "why": bars[ticket.id]}
                for ticket in self
                if ticket.id in bars
            ],
            "next": False,
        }

    def _sla_try(self, vals):
        """Write to these tickets at once, else one by one; return {id: why not}."""
        try:
            with self.env.cr.savepoint():
                self.write(dict(vals))
                self.env.flush_all()
            return {}
        except UserError as error:
            if len(self) == 1:
                return {self.id: str(error)}
        refused = {}
        for ticket in self:
            refused |= ticket._sla_try(vals)
        return refused
