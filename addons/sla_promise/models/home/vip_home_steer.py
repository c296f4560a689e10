from odoo import api, models

from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_service.tools.next_action import TAKE, next_action


class VipHome(models.AbstractModel):
    """What a manager does next: take load off somebody, give what nobody has, decide."""

    _inherit = "vip.home"

    @api.model
    def _next_of_manager(self):
        return self._next_move() or self._next_assign() or super()._next_of_manager()

    @api.model
    def _next_move(self):
        """Return that tickets are moved from who cannot keep them: too many, or on leave."""
        loads = self._loads()
        for load in loads:
            urgent = load["late"] + load["soon"]
            over = load["limit"] and load["open"] > load["limit"]
            if urgent and (over or load["away_until"]) and self._has_room(loads, load):
                found = self._next_steering(
                    ("res.users", load["id"]),
                    self.env._("Move tickets from %s", load["name"]),
                    self.env._("See the move"),
                    self._move_call(user_id=load["id"]),
                    note=self._move_note(load, over),
                )
                if not self._is_put_off(found["action"]):
                    return found
        return None

    @api.model
    def _has_room(self, loads, load):
        return any(
            not other["away_until"]
            and not (other["limit"] and other["open"] >= other["limit"])
            for other in loads
            if other["id"] != load["id"]
        )

    @api.model
    def _move_note(self, load, over):
        urgent = self.env._(
            "%(late)s late, %(soon)s due soon", late=load["late"], soon=load["soon"]
        )
        if over:
            text = self.env._(
                "%(open)s open, limit %(limit)s", open=load["open"], limit=load["limit"]
            )
        else:
            text = self.env._("holder is on leave")
        return f"{urgent} · {text}"

    @api.model
    def _next_assign(self):
        """Return that the first late request that nobody has is given to somebody."""
        for row in self._late_rows():
            if not row.user_id:
                found = self._next_steering(
                    ("helpdesk.ticket", row.id),
                    self.env._("Give this request to somebody"),
                    self.env._("Assign"),
                    self._move_call(ticket_ids=[row.id]),
                    promise=self._metric(row),
                    until=row.due_at,
                    link=record_link("helpdesk.ticket", row.id),
                )
                if not self._is_put_off(found["action"]):
                    return {**found, "face": self._faces_of([row.id])[row.id]}
        return None

    @api.model
    def _move_call(self, **wanted):
        """Return the call of what opens the window that moves tickets."""
        return {"model": "sla.move", "method": "open_move", "kwargs": wanted}

    @api.model
    def _next_steering(self, about, text, button, call, link=False, **more):
        action = next_action(
            about,
            "move",
            text,
            rank=TAKE,
            by=False,
            mine=True,
            link=link,
            button=button,
            **more,
        )
        return {"action": {**action, "call": call}, "face": False}
