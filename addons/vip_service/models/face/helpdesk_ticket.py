from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, html2plaintext

from odoo.addons.vip_base.tools.groups import AGENT_GROUP, MANAGER_GROUP, STAFF_GROUPS
from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_base.tools.shared import shared

from ...tools.next_action import DECIDE, REPLY, TAKE, next_action, ours_first
from .standing import STANDING, Standing


class HelpdeskTicket(models.Model):
    """The two places of a ticket that others fill: what to do next, whom it is about."""

    _inherit = "helpdesk.ticket"

    vip_next_actions = fields.Json(
        string="Next actions",
        compute="_compute_vip_next_actions",
        groups=STAFF_GROUPS,
        help="What is to be done with it, the first one first.",
    )

    @api.depends_context("lang", "uid")
    @api.depends("stage_id", "user_id", "team_id", "partner_id", "contact_ids")
    def _compute_vip_next_actions(self):
        found = self._next_actions_among(self._origin.ids)
        for ticket in self:
            ticket.vip_next_actions = found.get(ticket._origin.id, [])

    # ------------------------------------------------------------------
    # What to do next
    # ------------------------------------------------------------------

    def _ticket_next_actions(self, standings):
        """Return ``{ticket id: actions}`` of what follows from data only; a door.

        An addon adds to the lists, or says of an action of ours what was promised and
        until when. As many queries for one ticket as for many.

        :param standings: {ticket id: :class:`Standing`}
        """
        return {ticket_id: self._own_actions(s) for ticket_id, s in standings.items()}

    @api.model
    def _next_actions_among(self, ids):
        """Return ``{ticket id: actions}``, what is to be done first at the head.

        :param ids: of tickets that the user may read: a list, or SQL of an array
        """
        standings = self._standings(ids) if ids else {}
        if not standings:
            return {}
        found = self.browse(standings)._ticket_next_actions(standings)
        return {
            ticket_id: sorted(actions, key=ours_first)
            for ticket_id, actions in found.items()
        }

    def _next_action(self, verb, text, rank, standing, **more):
        """Return one action on a ticket, as its form and the client's page show it.

        :param standing: :class:`Standing` of the ticket
        :param more: as of ``tools/next_action.py``; without ``link`` it is done on the
            ticket, without ``by`` and ``mine`` by who holds it
        """
        return next_action(
            (self._name, standing.id),
            verb,
            text,
            rank=rank,
            by=more.pop("by", standing.user or standing.team),
            mine=more.pop("mine", standing.user_id == self.env.uid),
            link=more.pop("link", record_link(self._name, standing.id)),
            ticket={
                "id": standing.id,
                "number": standing.number,
                "name": standing.name,
            },
            **more,
        )

    @api.model
    def _own_actions(self, standing):
        """Return what follows from who holds a ticket and who spoke last."""
        actions = []
        if standing.late_id:
            actions.append(self._action_decide(standing))
        if standing.closed:
            return actions
        if not standing.user_id:
            actions.append(self._action_take(standing))
        elif standing.unanswered_at:
            actions.append(self._action_reply(standing))
        return actions

    @api.model
    def _own_team_ids(self):
        """Return the ids of the teams of the current user; on one page they are read once."""
        return shared(self.env, "vip_service/own_teams", self._read_own_team_ids)

    @api.model
    def _read_own_team_ids(self):
        # As superuser: one's own teams.
        teams = self.env["helpdesk.ticket.team"].sudo()
        return teams.search([("user_ids", "in", self.env.uid)]).ids

    def _action_take(self, standing):
        own = standing.team_id in (None, *self._own_team_ids())
        return self._next_action(
            "take",
            self.env._("Take this request"),
            TAKE,
            standing,
            button=self.env._("Take it"),
            method="assign_to_me",
            note=self.env._("Nobody holds it"),
            by=standing.team or self.env._("whoever is free"),
            mine=own and self.env.user.has_group(AGENT_GROUP),
        )

    def _action_reply(self, standing):
        return self._next_action(
            "reply",
            self.env._("Answer the client"),
            REPLY,
            standing,
            button=self.env._("Reply"),
            method="action_write_to_client",
            note=self.env._("Nobody has answered yet"),
            since=standing.unanswered_at,
        )

    def _action_decide(self, standing):
        late = self.env["vip.late.contact"].browse(standing.late_id)
        manager = self.env.user.has_group(MANAGER_GROUP)
        return self._next_action(
            "decide",
            self.env._("Decide whether a contact that was logged late counts"),
            DECIDE,
            standing,
            button=self.env._("Decide"),
            link=record_link(late._name, late.id),
            by=self.env._("a service manager"),
            mine=manager and late.can_decide,
        )

    def action_write_to_client(self):
        """Open a message to the client."""
        return self._write_to_client(self.env._("Write to the client"))

    def _write_to_client(self, title):
        """Return the window of a message to the ticket's client."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_subtype_xmlid": "mail.mt_comment",
                "default_partner_ids": self.partner_id.ids,
            },
        }

    def client_template_text(self, template_id):
        """Return what a mail template of tickets says about this one, as text to go on.

        :raise AccessError: the user may not read the ticket or the template
        :raise UserError: it is no template of tickets
        """
        self.ensure_one()
        self.check_access("read")
        template = self.env["mail.template"].browse(template_id).exists()
        template.check_access("read")
        if template.model != self._name:
            raise UserError(self.env._("That is no template of tickets."))
        found = template._render_field("body_html", self.ids, compute_lang=True)
        return html2plaintext(found[self.id], include_references=False).strip()

    # How tickets stand

    def init(self):
        STANDING.install(self.env)
        return super().init()

    @api.model
    def _standing_plan(self):
        """Return the plan that reads how tickets stand (``standing.py``); a hook."""
        return STANDING

    @api.model
    def _standings(self, ids):
        """Return ``{ticket id: Standing}`` by one query.

        :param ids: of tickets that the user may read: a list, or SQL of an array
        """
        self.flush_model()
        self.env["vip.contact"].flush_model()
        self.env["vip.late.contact"].flush_model(["state"])
        plan, lang = self._standing_plan(), self.env.lang or "en_US"
        # Whoever may read a ticket may know who holds it and who spoke last.
        if isinstance(ids, SQL):
            rows = self.env.execute_query(plan.statement(ids=ids, lang=lang))
        else:
            rows = plan.rows(self.env, len(ids), ids=ids, lang=lang)
        return {row[0]: Standing(*row) for row in rows}
