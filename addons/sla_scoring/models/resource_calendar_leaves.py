from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model
    def _approval_changed(self, stretches):
        action = super()._approval_changed(stretches)
        again = self.env["score.entry"]._draft_anew(stretches)
        late = self.env["score.entry"]._posted_before_leave(stretches)
        if not (again or late):
            return action
        return self._points_notice(again, late)

    def _points_notice(self, again, late):
        """Return the notice of what late leave does to points that are there already."""
        text = self.env._(
            "Points drafted again: %(again)s. Posted before and kept: %(late)s; take "
            "them back one by one, or let the agent appeal.",
            again=again,
            late=len(late),
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if late else "info",
                "sticky": bool(late),
                "message": text,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
