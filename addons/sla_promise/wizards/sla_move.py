from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.vip_base.tools.whole import GREATEST

#: So many tickets are moved at once: what it does to each is tried before.
MOST = 50
#: Without the messages that a move leaves: nothing of a trial is told to anybody.
TRIED = {
    "tracking_disable": True,
    "mail_notrack": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
}


class SlaMove(models.TransientModel):
    """Gives tickets of one person to another, and says before what that does.

    What it does to promises is tried and taken back: what is shown is what will be.
    """

    _name = "sla.move"
    _description = "Move Tickets"

    from_user_id = fields.Many2one("res.users", string="Holder now", readonly=True)
    to_user_id = fields.Many2one(
        "res.users", string="New holder", domain="[('id', 'in', candidate_ids)]"
    )
    candidate_ids = fields.Many2many("res.users", compute="_compute_candidate_ids")
    line_ids = fields.One2many("sla.move.line", "move_id", string="Tickets")
    effect = fields.Json(compute="_compute_effect")

    @api.depends("from_user_id")
    def _compute_candidate_ids(self):
        for move in self:
            loads = self.env["vip.home"]._loads()
            ids = [load["id"] for load in loads if load["id"] != move.from_user_id.id]
            move.candidate_ids = self.env["res.users"].browse(ids)

    @api.depends("from_user_id", "to_user_id", "line_ids.chosen")
    def _compute_effect(self):
        for move in self:
            move.effect = move._tell_effect()

    # Opening

    @api.model
    def open_move(self, user_id=False, ticket_ids=None, to_user_id=False):
        """Return the window that moves tickets.

        :param user_id: whose; nobody's if not given
        :param ticket_ids: those that are chosen at first; some of what is late or soon if
            not given
        :param to_user_id: who is to get them; whoever has most room if not given
        """
        user_id = self._checked("res.users", user_id)[:1].id
        ticket_ids = self._checked("helpdesk.ticket", ticket_ids).ids
        to_user_id = self._checked("res.users", to_user_id)[:1].id
        tickets = self.env["helpdesk.ticket"]
        home = self.env["vip.home"]
        domain = home._open_requests() & Domain("user_id", "=", user_id)
        if not user_id:
            domain &= Domain("id", "in", ticket_ids or [])
        found = tickets.search(domain, order="sla_section, sla_place, id", limit=MOST)
        to_user_id = to_user_id or self._with_room(found, user_id)
        chosen = ticket_ids or self._proposed(found, user_id, to_user_id)
        move = self.create(
            {
                "from_user_id": user_id,
                "to_user_id": to_user_id,
                "line_ids": [
                    Command.create(
                        {"ticket_id": ticket.id, "chosen": ticket.id in chosen}
                    )
                    for ticket in found
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Move tickets"),
            "res_model": self._name,
            "res_id": move.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _checked(self, model, ids):
        """Return the records of ids that were sent, one or a list of them.

        :raise UserError: these are no ids of records
        """
        ids = ids if isinstance(ids, list) else [ids] if ids else []
        if all(type(one) is int and 0 < one <= GREATEST for one in ids):
            records = self.env[model].browse(ids)
            if records.exists() == records:
                return records
        raise UserError(self.env._("What is to be moved is not there any more."))

    @api.model
    def _with_room(self, tickets, user_id):
        """Return the id of who of their teams has most room for them and is there."""
        # As superuser: who is of which team.
        members = tickets.sudo().team_id.user_ids
        rooms = [
            (
                load["late"] + load["soon"],
                load["open"] - (load["limit"] or 0),
                load["id"],
            )
            for load in self.env["vip.home"]._loads()
            if load["id"] != user_id
            and not load["away_until"]
            and (not members or load["id"] in members.ids)
            and not (load["limit"] and load["open"] >= load["limit"])
        ]
        return min(rooms)[-1] if rooms else False

    @api.model
    def _proposed(self, tickets, user_id, to_user_id):
        """Return ids of what is late or soon: as much as relieves one and fits the other.

        Of who is on leave all of it.
        """
        loads = {load["id"]: load for load in self.env["vip.home"]._loads()}
        giver, taker = loads.get(user_id), loads.get(to_user_id)
        urgent = tickets.filtered(lambda ticket: ticket.sla_section == "act").ids
        count = len(urgent)
        if giver and not giver["away_until"]:
            over = giver["open"] - giver["limit"] if giver["limit"] else 0
            count = min(count, max(over, -(-count // 2)))
        if taker and taker["limit"]:
            count = min(count, max(taker["limit"] - taker["open"], 0))
        return urgent[:count]

    # What it does

    def web_read(self, specification):
        """Read a window: what it does is tried, which no reading transaction may."""
        return super().web_read(specification)

    web_read._readonly = False

    def _chosen(self):
        return self.line_ids.filtered("chosen").ticket_id._origin

    def _tell_effect(self):
        """Return what the page shows: loads before and after, promises, what speaks against.

        :return: JSON; False where nothing is chosen or nobody gets it
        """
        self.ensure_one()
        tickets, to = self._chosen(), self.to_user_id
        if not tickets or not to:
            return False
        refused = {
            ticket: " ".join(ticket._bars_to_hold(to))
            for ticket in tickets
            if to not in ticket._may_hold(to)
        }
        moved = tickets - self.env["helpdesk.ticket"].concat(*refused)
        before, after, changes = self._try(moved, to)
        now = self.env["vip.home"]._moments()["now"]
        return {
            "count": len(moved),
            "loads": [
                {"name": user.name, "before": before[user.id], "after": after[user.id]}
                for user in (self.from_user_id, to)
                if user
            ],
            "changes": changes,
            "refused": [
                {"number": ticket.number, "why": why} for ticket, why in refused.items()
            ],
            "remarks": self._remarks(moved, to, after[to.id], now),
        }

    def _try(self, tickets, to):
        """Move tickets, look, and take it back, in a transaction of its own.

        :return: loads before and after by user, and what changes of their promises
        """
        users = self.from_user_id | to
        with self.env.registry.cursor() as cr:
            trial = self.with_env(
                self.env(cr=cr, context={**self.env.context, **TRIED})
            )
            tickets, users = (each.with_env(trial.env) for each in (tickets, users))
            before, clocks = trial._loads_of(users), trial._clocks_of(tickets)
            tickets.write({"user_id": to.id})
            trial.env.flush_all()
            after, later = trial._loads_of(users), trial._clocks_of(tickets)
            told = trial._differences(tickets, clocks, later)
            cr.rollback()
        return before, after, told

    def _loads_of(self, users):
        loads = {load["id"]: load for load in self.env["vip.home"]._read_loads()}
        names = ("open", "limit", "late", "soon", "today", "later", "waiting")
        return {
            user.id: {
                name: loads[user.id][name] if user.id in loads else 0 for name in names
            }
            for user in users
        }

    def _clocks_of(self, tickets):
        """Return {(ticket id, promise): when it is due} of what is owed on tickets."""
        clocks = self.env["sla.clock"].search(
            [("ticket_id", "in", tickets.ids), ("stopped_at", "=", False)]
        )
        return {(clock.ticket_id.id, clock._label()): clock.due_at for clock in clocks}

    def _differences(self, tickets, before, after):
        """Return what of promises begins, ends or gets another limit."""
        numbers = {ticket.id: ticket.number for ticket in tickets}
        told = []
        for promise in sorted({*before, *after}):
            was, then = before.get(promise), after.get(promise)
            if promise not in before:
                kind = "begins"
            elif promise not in after:
                kind = "ends"
            elif was != then:
                kind = "changes"
            else:
                continue
            told.append(
                {
                    "number": numbers[promise[0]],
                    "metric": promise[1],
                    "kind": kind,
                    "was": fields.Datetime.to_string(was or False),
                    "then": fields.Datetime.to_string(then or False),
                }
            )
        return told

    def _remarks(self, tickets, to, after, now):
        """Return what speaks against it, though nothing forbids it."""
        remarks = []
        # As superuser: only when somebody works.
        works_from = to.sudo()._sla_works_from(now)
        if works_from > now:
            clocks = self.env["sla.clock"].search(
                [
                    ("ticket_id", "in", tickets.ids),
                    ("stopped_at", "=", False),
                    ("due_at", "<", fields.Datetime.to_string(works_from)),
                    ("due_at", ">=", fields.Datetime.to_string(now)),
                ]
            )
            remarks.append(
                {
                    "kind": "away",
                    "at": fields.Datetime.to_string(works_from),
                    "count": len(clocks),
                }
            )
        if after["limit"] and after["open"] > after["limit"]:
            remarks.append(
                {"kind": "over", "count": after["open"], "limit": after["limit"]}
            )
        strangers = tickets.filtered(
            # As superuser: who is of the team.
            lambda ticket: ticket.team_id and to not in ticket.sudo().team_id.user_ids
        )
        if strangers:
            remarks.append({"kind": "stranger", "count": len(strangers)})
        return remarks

    # Doing it

    def action_move(self):
        """Give the chosen tickets to the other person; what is refused stays.

        :raise UserError: nothing is chosen, nobody gets it, or all of it is refused
        """
        self.ensure_one()
        tickets, to = self._chosen(), self.to_user_id
        if not tickets:
            raise UserError(self.env._("Choose what is moved."))
        if not to:
            raise UserError(self.env._("Choose who gets it."))
        moved = tickets.filtered(lambda ticket: to in ticket._may_hold(to))
        if not moved:
            raise UserError(self.env._("%s may hold none of these.", to.name))
        moved.write({"user_id": to.id})
        return {"type": "ir.actions.act_window_close"}


class SlaMoveLine(models.TransientModel):
    """A ticket that may be moved."""

    _name = "sla.move.line"
    _description = "Ticket to Move"

    move_id = fields.Many2one("sla.move", required=True, ondelete="cascade")
    ticket_id = fields.Many2one("helpdesk.ticket", required=True, ondelete="cascade")
    chosen = fields.Boolean(string="Move")
    number = fields.Char(related="ticket_id.number")
    partner_id = fields.Many2one(related="ticket_id.partner_id", string="Client")
    vip_tier_id = fields.Many2one(related="ticket_id.vip_tier_id")
    sla_next = fields.Json(related="ticket_id.sla_next")
