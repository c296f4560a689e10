from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.vip_base.tools.loose_many2one import LooseMany2one

#: What could not be told in this time (hours) in which the person worked helps nobody.
STALE_HOURS = 24

WAITING, DONE, DROPPED, FAILED = "waiting", "done", "dropped", "failed"


class SlaNotice(models.Model):
    """What a level that came true has to tell or do: an outbox, and the record of it.

    REQUIREMENTS S4, S5. Rows are written by the due job in SQL; what they ask for is
    done by jobs of its own. Nothing about the level changes afterwards.
    """

    _name = "sla.notice"
    _description = "Notice"
    _log_access = False
    _order = "created_at, id"
    _rec_name = "level_id"

    clock_id = fields.Many2one(
        "sla.clock", required=True, ondelete="cascade", readonly=True
    )
    ticket_id = LooseMany2one("helpdesk.ticket", required=True, readonly=True)
    level_id = LooseMany2one("sla.escalation.level", string="Level", readonly=True)
    kind = fields.Selection(
        [("warning", "Warning"), ("breach", "Breach")],
        required=True,
        readonly=True,
        help="Whether the level lies before the limit or not.",
    )
    action = fields.Selection(
        [
            ("notify", "Message"),
            ("activity", "Activity"),
            ("priority", "Higher priority"),
            ("reassign", "Handing over"),
        ],
        required=True,
        default="notify",
        readonly=True,
        string="What",
    )
    user_id = fields.Many2one(
        "res.users", string="Whom", ondelete="cascade", readonly=True
    )
    created_at = fields.Datetime(
        string="Reached at",
        required=True,
        readonly=True,
        help="When the level came true, whenever the job ran.",
    )
    at_once = fields.Boolean(string="At once", readonly=True)
    state = fields.Selection(
        [
            (WAITING, "Waiting"),
            (DONE, "Done"),
            (DROPPED, "No longer needed"),
            (FAILED, "Failed"),
        ],
        required=True,
        default=WAITING,
        readonly=True,
    )
    handled_at = fields.Datetime(string="Done at", readonly=True)
    failures = fields.Integer(readonly=True, help="How often it could not be done.")
    retry_at = fields.Datetime(string="Next try at", readonly=True)
    error = fields.Char(readonly=True)

    _once_uniq = models.UniqueIndex(
        "(clock_id, level_id, action, COALESCE(user_id, 0))"
    )
    _ticket_idx = models.Index("(ticket_id)")
    _waiting_idx = models.Index("(action, user_id) WHERE state = 'waiting'")
    _told_idx = models.Index("(user_id, handled_at) WHERE state = 'done'")

    @api.depends("level_id", "action")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for notice in self:
            notice.display_name = notice.level_id.display_name or ""

    def _matters(self):
        """Tell whether this is still worth telling or doing: not overtaken by events."""
        self.ensure_one()
        clock = self.clock_id
        if self.kind == "warning":
            return clock.state == "running"
        # A breach is told also when the ticket was solved meanwhile, but then there is
        # nothing left to do.
        return clock.state == "missed" and (
            self.action == "notify" or not clock.stopped_at
        )

    def _is_stale(self, now):
        """Tell whether the person could have been told long ago, but was not."""
        since = self.user_id._sla_works_from(self.created_at)
        return since < now - timedelta(hours=STALE_HOURS)

    def _close(self, state, now):
        self.write({"state": state, "handled_at": now, "retry_at": False})
