from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.groups import DECIDER_GROUPS
from ..tools.times import event_time

SIGNING = "vip_leave_signing"
#: Approved leave: id, user_id, company_id, date_from, date_to, approved_at. What was there
#: before us nobody has signed: the host lets nobody but who decides enter a colleague's.
APPROVED = SQL(
    """
    SELECT l.id, r.user_id, COALESCE(l.company_id, r.company_id) AS company_id,
           l.date_from, l.date_to, l.approved_at
      FROM resource_calendar_leaves l
      JOIN resource_resource r ON r.id = l.resource_id
     WHERE l.time_type = 'leave'
       AND (l.approved_at IS NOT NULL
            OR l.entered_by_id IS NULL AND l.create_uid <> r.user_id)
    """
)
#: Leave of a person that somebody else signed who does not decide on it: its ids.
IN_VAIN = SQL(
    """
    SELECT l.id
      FROM resource_calendar_leaves l
      JOIN resource_resource r ON r.id = l.resource_id
     WHERE l.time_type = 'leave' AND l.approved_at IS NULL
       AND l.entered_by_id <> r.user_id
    """
)


#: Under which name a transaction keeps whose signed leave the time-off app took away.
TAKEN_AWAY = "vip_leave_taken_away"
SIGNATURE = ("entered_by_id", "approved_by_id", "approved_at")


class Signing:
    """Context value: only the name under a leave is written.

    Only this class counts, and a remote client can put no instance of it into a
    context.
    """


class ResourceCalendarLeaves(models.Model):
    """Leave of a person, where no time-off app keeps it, and what closes for everybody.

    The host lets everybody write their own leave, so what an agent entered alone is no
    approved leave: it becomes one when somebody else, who decides on it, enters or saves
    it. What anybody else signed by other ways, such as code that runs as superuser,
    spares nobody and is shown (``is_approved_in_vain``).
    """

    _name = "resource.calendar.leaves"
    _inherit = ["resource.calendar.leaves", "vip.audited"]

    agent_id = fields.Many2one(
        "res.users",
        compute="_compute_agent_id",
        inverse="_inverse_agent_id",
        search="_search_agent_id",
        groups=DECIDER_GROUPS,
    )
    entered_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        groups=DECIDER_GROUPS,
        help="Who entered or changed it last.",
    )
    approved_by_id = fields.Many2one(
        "res.users",
        string="Approved by",
        readonly=True,
        copy=False,
        groups=DECIDER_GROUPS,
    )
    approved_at = fields.Datetime(
        string="Approved on", readonly=True, copy=False, groups=DECIDER_GROUPS
    )
    is_approved = fields.Boolean(
        string="Approved",
        compute="_compute_is_approved",
        groups=DECIDER_GROUPS,
        help="Somebody other than the agent, who decides on leave, entered it, or changed "
        "or approved it last.",
    )
    is_approved_in_vain = fields.Boolean(
        string="Signed without right",
        compute="_compute_is_approved_in_vain",
        search="_search_is_approved_in_vain",
        groups=DECIDER_GROUPS,
        help="Somebody signed it who does not decide on leave. It spares nobody until a "
        "service manager approves it.",
    )

    @api.depends("resource_id.user_id")
    def _compute_agent_id(self):
        for leave in self:
            leave.agent_id = leave.resource_id.user_id

    @api.depends("resource_id.user_id", "entered_by_id", "approved_at")
    def _compute_is_approved(self):
        for leave in self:
            # The approval outlives who approved.
            leave.is_approved = leave.approved_at or (
                not leave.entered_by_id
                and leave.create_uid
                and leave.create_uid != leave.agent_id
            )

    @api.depends("resource_id.user_id", "entered_by_id", "approved_at")
    def _compute_is_approved_in_vain(self):
        self.env["resource.calendar.leaves"].flush_model()
        found = {leave_id for (leave_id,) in self.env.execute_query(IN_VAIN)}
        for leave in self:
            leave.is_approved_in_vain = leave._origin.id in found

    @api.model
    def _search_is_approved_in_vain(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.flush_model()
        found = SQL("(%s)", IN_VAIN)
        return Domain("id", "in" if True in value else "not in", found)

    @api.model_create_multi
    def create(self, vals_list):
        # Before the rules of access look at whose leave it is.
        for vals in vals_list:
            if vals.get("agent_id"):
                user = self.env["res.users"].browse(vals.pop("agent_id"))
                vals["resource_id"] = self._resource_of(user).id
        leaves = super().create(vals_list)
        (leaves - leaves._signed_before())._sign()
        leaves._check_entitled()
        leaves._tell_approval(set())
        return leaves

    def write(self, vals):
        if isinstance(self.env.context.get(SIGNING), Signing):
            return super().write(vals)
        self._check_entitled()
        before = self._approved_stretches()
        result = super().write(vals)
        self._sign()
        # Whose it is now, of which company: the rules look at what it was.
        self._check_entitled()
        self._tell_approval(before)
        return result

    def unlink(self):
        self._check_entitled()
        before = self._approved_stretches()
        self._remember_signatures()
        result = super().unlink()
        self._tell_approval(before)
        return result

    def action_approve(self):
        """Approve leave that agents entered themselves.

        :raise AccessError: of oneself, or of a company in which one does not decide
        """
        self.check_access("write")
        for leave in self:
            if leave.agent_id in self.env.user._same_person():
                raise AccessError(self.env._("Nobody approves own leave."))
            if not leave._decides_on_leave():
                raise AccessError(leave._not_entitled_text())
        before = self._approved_stretches()
        self._sign()
        # As superuser: who approves may not write the log.
        self.env["vip.audit.log"].sudo()._record(self.sudo(), "approved")
        return self._tell_approval(before)

    def _sign(self):
        """Note who entered, changed or approved these; never taken from the caller."""
        at = event_time(self.env)
        for approves, leaves in self.grouped(lambda leave: leave._approves()).items():
            leaves._write_signature(
                {
                    "entered_by_id": self.env.user,
                    "approved_by_id": approves and self.env.user,
                    "approved_at": approves and at,
                }
            )

    def _remember_signatures(self):
        """Keep who signed what the time-off app takes away, for this transaction.

        The app takes leave away and enters it again, as whoever works there, when a
        public holiday falls into it or a contract changes: that signs nothing.
        """
        if "holiday_id" not in self._fields:
            return
        taken = self.env.cr.postcommit.data.setdefault(TAKEN_AWAY, {})
        self.env.cr.postcommit.add(taken.clear)
        # As superuser: agents have no right to these fields.
        for leave in self.sudo().filtered("holiday_id"):
            signature = {name: leave[name] for name in SIGNATURE}
            stretch = (leave.date_from, leave.date_to, leave.time_type)
            taken.setdefault(leave.resource_id.id, []).append((stretch, signature))

    def _signed_before(self):
        """Give these the signatures that they had when the app took them away.

        :return: those that are part of what was taken away in this transaction
        """
        taken = self.env.cr.postcommit.data.get(TAKEN_AWAY)
        found = self.browse()
        for leave in self.sudo().filtered("holiday_id") if taken else ():  # see above
            for (start, stop, kind), signature in taken.get(leave.resource_id.id, ()):
                within = start <= leave.date_from and leave.date_to <= stop
                if within and kind == leave.time_type:
                    leave._write_signature(signature)
                    found |= leave
                    break
        return found

    def _write_signature(self, signature):
        # As superuser: agents have no right to these fields.
        leaves = self.sudo().with_context(**{SIGNING: Signing()})
        leaves.write(leaves._convert_to_write(signature))

    def _approved_stretches(self):
        """Return which time of these is approved leave of whom.

        :return: set of (user id, company id or None, start, stop), naive UTC datetimes
        """
        self.env["resource.calendar.leaves"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT user_id, company_id, date_from, date_to FROM (%s) l"
                " WHERE id = ANY(%s) AND user_id IS NOT NULL",
                *(APPROVED, self.ids),
            )
        )
        return set(rows)

    def _tell_approval(self, before):
        """Tell whoever counts with approved leave what has changed since ``before``."""
        changed = before ^ self._approved_stretches()
        return self._approval_changed(changed) if changed else None

    @api.model
    def _approval_changed(self, stretches):
        """Hook: these stretches were approved leave and are none, or the reverse.

        :param stretches: as :meth:`_approved_stretches`
        :return: None, or the client action that tells who approves what follows
        """
        return None

    def _inverse_agent_id(self):
        for leave in self.filtered("agent_id"):
            leave.resource_id = leave._resource_of(leave.agent_id)

    def _search_agent_id(self, operator, value):
        return [("resource_id.user_id", operator, value)]

    def _resource_of(self, user):
        """Return the resource that stands for a user in the company of a leave."""
        company = self.company_id or self.env.company
        # As superuser: nobody may make a resource, and this one says nothing new.
        resources = self.env["resource.resource"].sudo()
        known = resources.search(
            [("user_id", "=", user.id), ("company_id", "=", company.id)], limit=1
        )
        return known or resources.create(
            {
                "name": user.name,
                "user_id": user.id,
                "company_id": company.id,
                "calendar_id": company.resource_calendar_id.id,
            }
        )

    @api.model
    def _approved_leaves(self, user_ids, start, stop):
        """Return when people were on approved leave, in one query.

        :param start: naive UTC datetime, as ``stop``
        :return: dict of (user id, company id or None) → list of (start, stop) epochs
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.user_id, l.company_id,
                       EXTRACT(EPOCH FROM l.date_from)::bigint,
                       EXTRACT(EPOCH FROM l.date_to)::bigint
                  FROM (%s) l
                 WHERE l.user_id = ANY(%s) AND l.date_from < %s AND l.date_to > %s
                """,
                *(APPROVED, list(user_ids), stop, start),
            )
        )
        leaves = {}
        for user_id, company_id, begin, end in rows:
            leaves.setdefault((user_id, company_id), []).append((begin, end))
        return leaves
