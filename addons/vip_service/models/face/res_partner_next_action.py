from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.links import form_link, record_link
from odoo.addons.vip_base.tools.times import month_end
from odoo.addons.vip_base.tools.written import written_amount, written_day

from ...tools.next_action import DECIDE, REMIND, due_first, next_action

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

    def _with_keeping(self, found, road, header):
        """Add what the adviser of a client that is about to fall does for it.

        :param found: of :meth:`_client_360_next_action`
        :param road: of :meth:`_client_360_road`: its figures are read once for a page
        :param header: of :meth:`_client_360_header`: adviser and next contact
        """
        keeping = self._action_keep(road, header["adviser"], header["next_contact"])
        return {"items": sorted([*found["items"], *keeping], key=due_first)}

    def _action_keep(self, road, adviser, planned):
        if not road["retain"] or not road["retain"]["at_risk"]:
            return
        lacks = [
            self._written_lack(step)
            for step in road["retain"]["criteria"]
            if not step["passed"]
        ]
        month = fields.Date.to_date(road["judged"] and road["judged"]["month"])
        over = not month or road["judged"]["over"]
        wizard, button, note = (
            (
                "vip.contact.log",
                self.env._("Log a contact"),
                self._planned_text(planned),
            )
            if planned
            else ("vip.contact.plan", self.env._("Plan a contact"), False)
        )
        name = (
            "default_partner_ids" if wizard.endswith("plan") else "default_partner_id"
        )
        yield next_action(
            (self._name, self.id),
            "keep",
            self.env._(
                "%(lacks)s more keeps %(tier)s",
                lacks=format_list(self.env, lacks),
                tier=road["tier"]["name"],
            ),
            rank=REMIND,
            by=adviser["name"] if adviser else self.env._("a service manager"),
            mine=bool(self._vip_served()),
            link=form_link(
                wizard, button, {name: self.ids if name.endswith("ids") else self.id}
            ),
            button=button,
            until=not over
            and self._known_until(month_end(month)).replace(microsecond=0),
            note=note or self.env._("About to fall"),
        )

    def _written_lack(self, step):
        money = step["unit"] == "money" and self._client_360_currency().name
        amount = written_amount(self.env, step["missing"], money or None)
        return f"{step['name']} {amount}"

    def _planned_text(self, planned):
        day = written_day(self.env, fields.Date.to_date(planned["date"]))
        return self.env._("A contact is planned for %s", day)

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
