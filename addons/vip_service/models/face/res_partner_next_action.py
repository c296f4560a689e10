from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.links import record_link

from ...tools.next_action import DECIDE, due_first, next_action

#: So many open requests are looked at for what to do next, the oldest first.
LOOKED_AT = 50


class ResPartner(models.Model):
    """What is to be done for a client next, by whom and until when."""

    _inherit = "res.partner"

    def _client_360_next_action(self):
        """Return what is to be done for this client, first what is due first."""
        actions = self._client_next_actions()
        return {"items": sorted(actions, key=due_first)}

    # The door

    def _client_next_actions(self):
        """Return what is to be done for this client, from data only; a door.

        An addon adds actions (``tools/next_action.py``): those that are about no ticket.
        What is to be done with a ticket is said at the door of tickets,
        ``_ticket_next_actions``; of each open one the first action stands here.
        """
        self.ensure_one()
        tickets = self.env["helpdesk.ticket"]
        domain = Domain("commercial_partner_id", "=", self.id) & Domain(
            "stage_id.closed", "=", False
        )
        open_ones = tickets._search(domain, order="opened_at, id", limit=LOOKED_AT)
        ids = SQL("ARRAY%s", open_ones.subselect())
        found = tickets._next_actions_among(ids)
        first_ones = [actions[0] for actions in found.values() if actions]
        return [*first_ones, *self._action_decide_tier()]

    def _action_decide_tier(self):
        """Let who decides on tiers decide on what waits for this client."""
        if not self.env.user.has_group(MANAGER_GROUP):
            return
        change, at, parties = self._proposed_change()
        if not change:
            return
        yield next_action(
            (change._name, change.id),
            "decide",
            self.env._("Decide on the proposed tier"),
            rank=DECIDE,
            by=self.env._("a service manager"),
            # Who has nothing to do with it decides; only others are looked at closely.
            mine=self.env.uid not in parties or change.can_decide,
            link=record_link(change._name, change.id),
            button=self.env._("Decide"),
            since=at,
            note=self.env._("Not decided yet"),
        )

    def _proposed_change(self):
        """Return the change of tier that waits, since when, and who let it be proposed."""
        changes = self.env["vip.tier.change"]
        changes.flush_model()
        query = changes._search(
            [
                ("partner_id", "=", self.id),
                ("company_id", "=", self.env.company.id),
                ("state", "=", "proposed"),
            ],
            limit=1,
        )
        columns = {
            name: SQL.identifier(query.table, name)
            for name in (
                "id",
                "proposed_at",
                "proposed_by_id",
                "asked_by_id",
                "review_id",
            )
        }
        rows = self.env.execute_query(
            query.select(
                columns["id"],
                columns["proposed_at"],
                SQL(
                    "ARRAY(SELECT res_users_id FROM %s WHERE vip_tier_review_id = %s)"
                    " || %s || %s",
                    SQL.identifier(
                        self.env["vip.tier.review"]._fields["by_hand_ids"].relation
                    ),
                    columns["review_id"],
                    columns["proposed_by_id"],
                    columns["asked_by_id"],
                ),
            )
        )
        if not rows:
            return changes, None, []
        [(change_id, at, parties)] = rows
        return changes.browse(change_id), at, parties
