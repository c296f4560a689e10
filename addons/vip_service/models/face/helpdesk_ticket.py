from datetime import datetime
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, html2plaintext

from odoo.addons.vip_base.tools.groups import AGENT_GROUP, MANAGER_GROUP, STAFF_GROUPS
from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_base.tools.shared import shared
from odoo.addons.vip_base.tools.sql import array

from ...tools.next_action import DECIDE, REPLY, TAKE, next_action, ours_first
from ...tools.opened_at import opened_at_sql
from ..contact.noting import COUNTS

#: What we said: also what is still on its way to the client.
SAID = SQL("(c.void IS NULL OR c.void = 'queued') AND c.withheld IS NOT TRUE")


class Standing(NamedTuple):
    """How a ticket stands between its client and us; instants are naive UTC."""

    id: int
    number: str
    name: str
    closed: bool
    user_id: int | None
    user: str | None
    team_id: int | None
    team: str | None
    #: Our last word to the client.
    said_at: datetime | None
    #: The first word of the client after it; None: we have answered.
    unanswered_at: datetime | None
    #: A contact on it that was logged late and waits for a decision.
    late_id: int | None


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
        ids = SQL("(SELECT unnest(%s))", array(self._origin.ids))
        found = self._next_actions_among(ids) if self._origin else {}
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

        :param ids: SQL, in brackets, of ids of tickets that the user may read
        """
        standings = self._standings(ids)
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

    @api.model
    def _answered_sql(self):
        """Return the SQL of when we first answered ticket ``t`` otherwise; a hook.

        That it was made while talking to the client leaves no contact.
        """
        return SQL("NULL::timestamp")

    @api.model
    def _standings(self, ids):
        """Return ``{ticket id: Standing}`` by one query.

        :param ids: SQL, in brackets, of ids of tickets that the user may read
        """
        self.flush_model()
        self.env["vip.contact"].flush_model()
        self.env["vip.late.contact"].flush_model(["state"])
        # Whoever may read a ticket may know who holds it and who spoke last.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id, t.number, t.name, COALESCE(s.closed, FALSE),
                       t.user_id, holder.name, t.team_id, %(team)s,
                       said.at, CASE WHEN said.at IS NOT NULL THEN heard.at
                            WHEN t.partner_id IS NOT NULL OR t.partner_email > ''
                            THEN %(opened)s END,
                       late.id
                  FROM helpdesk_ticket t
                  LEFT JOIN helpdesk_ticket_stage s ON s.id = t.stage_id
                  LEFT JOIN helpdesk_ticket_team m ON m.id = t.team_id
                  LEFT JOIN res_users u ON u.id = t.user_id
                  LEFT JOIN res_partner holder ON holder.id = u.partner_id
                 CROSS JOIN LATERAL (
                       SELECT GREATEST(max(c.at), %(answered)s) AS at
                         FROM vip_contact c
                        WHERE c.ticket_id = t.id AND c.outgoing AND %(said)s) said
                 CROSS JOIN LATERAL (
                       SELECT min(c.at) AS at FROM vip_contact c
                        WHERE c.ticket_id = t.id AND NOT c.outgoing AND %(counts)s
                          AND c.at > said.at) heard
                  LEFT JOIN LATERAL (
                       SELECT l.id FROM vip_contact c
                         JOIN vip_late_contact l ON l.contact_id = c.id
                        WHERE c.ticket_id = t.id AND l.state = 'proposed'
                        ORDER BY l.id LIMIT 1) late ON TRUE
                 WHERE t.id IN %(ids)s
                """,
                team=self.env["helpdesk.ticket.team"]._field_to_sql("m", "name"),
                opened=opened_at_sql(),
                answered=self._answered_sql(),
                counts=COUNTS,
                said=SAID,
                ids=ids,
            )
        )
        return {row[0]: Standing(*row) for row in rows}
