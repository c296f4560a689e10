from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import ADMIN_GROUP
from odoo.addons.vip_base.tools.times import event_time

from ...tools.correction import correcting, correction_reason

#: What may be written on a policy in force at any time: it changes no promise.
FREE = frozenset(
    (
        "name",
        "sequence",
        "active",
        "message_follower_ids",
        "message_ids",
        "activity_ids",
    )
)
#: Whether it counts, and of what it is a version.
LIFE = frozenset(("is_draft", "root_id", "previous_id", "version"))


class SlaPolicy(models.Model):
    """Drafts and dated versions.

    A draft matches nothing: managers write drafts, an administrator puts them in force.
    A version that is put in force ends the one before it on the
    day before. What is in force and was promised to somebody is changed by a new version,
    or corrected with a reason; every change is in the audit log.
    """

    _name = "sla.policy"
    _inherit = ["sla.policy", "vip.audited"]

    is_draft = fields.Boolean(
        string="Draft", copy=False, help="A draft matches no ticket."
    )
    state = fields.Selection(
        [("draft", "Draft"), ("in_force", "In force"), ("ended", "Ended")],
        compute="_compute_state",
        search="_search_state",
        help="A policy whose last day is over has ended; it still holds for tickets "
        "that were opened in its days.",
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    previous_id = fields.Many2one(
        "sla.policy",
        string="Follows",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The version before this one.",
    )
    root_id = fields.Many2one(
        "sla.policy",
        string="First version",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    version_ids = fields.Many2many(
        "sla.policy", string="Versions", compute="_compute_version_ids"
    )
    has_promises = fields.Boolean(
        compute="_compute_has_promises",
        help="This policy has won for a ticket: it was promised something, or nothing.",
    )
    correction_reason = fields.Char(
        string="Reason of the correction",
        store=False,
        help="Why a policy is changed by which tickets were promised something.",
    )
    is_locked = fields.Boolean(
        string="Locked",
        compute="_compute_is_locked",
        help="Tickets were promised this: it is changed by a new version, or corrected "
        "with a reason.",
    )
    may_edit = fields.Boolean(
        compute="_compute_may_edit",
        help="A draft, or who looks is an administrator.",
    )

    # Ranges of one integer compare by = in GiST without any database extension.
    _one_version_at_a_time = models.Constraint(
        "EXCLUDE USING gist ("
        "int4range(COALESCE(root_id, id), COALESCE(root_id, id), '[]') WITH =, "
        "daterange(date_from, date_to, '[]') WITH &&)"
        " WHERE (active AND is_draft IS NOT TRUE)",
        "Two versions of a policy cannot be in force on the same day.",
    )

    @api.depends("is_draft", "date_to")
    def _compute_state(self):
        today = self._today()
        for policy in self:
            if policy.is_draft:
                policy.state = "draft"
            else:
                over = policy.date_to and policy.date_to < today
                policy.state = "ended" if over else "in_force"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self._today()
        domains = {
            "draft": Domain("is_draft", "=", True),
            "ended": Domain("is_draft", "=", False) & Domain("date_to", "<", today),
            "in_force": Domain("is_draft", "=", False)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", today)),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("root_id")
    def _compute_version_ids(self):
        for policy in self:
            policy.version_ids = policy._versions()

    @api.depends("is_draft")
    def _compute_has_promises(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT policy_id FROM sla_match WHERE policy_id = ANY(%s)",
                self.ids,
            )
        )
        promised = {row[0] for row in rows}
        for policy in self:
            policy.has_promises = policy._origin.id in promised

    @api.depends_context("uid")
    @api.depends("is_draft")
    def _compute_may_edit(self):
        everything = self.env.user.has_group(ADMIN_GROUP)
        for policy in self:
            policy.may_edit = everything or policy.is_draft

    @api.depends("has_promises", "is_draft", "correction_reason", "may_edit")
    def _compute_is_locked(self):
        for policy in self:
            promised = policy.has_promises and not policy.is_draft
            locked = promised and not policy.correction_reason
            policy.is_locked = locked or not policy.may_edit

    # Editing

    def _audited_fields(self):
        """Everything that decides on a promise, and whether it counts."""
        return {
            name
            for name, field in self._fields.items()
            if field.store
            and name not in models.MAGIC_COLUMNS
            and not name.startswith(("message_", "activity_", "target_"))
        }

    def write(self, vals):
        """Refuse changes of what tickets were promised, unless they say why."""
        vals = dict(vals)
        self._check_drafts_only(vals)
        reason = (vals.pop("correction_reason", None) or "").strip()
        policies = self
        if reason and not correction_reason(self.env):
            policies = self.with_context(**correcting(reason))
        if not vals.keys() <= FREE:
            policies.check_access("write")
            policies._check_may_edit()
        result = super(SlaPolicy, policies).write(vals)
        policies._forget_watched(vals)
        return result

    @api.model
    def _as_drafts(self, vals_list):
        """Return the values of new policies: of who does not administer, drafts."""
        if self._administers():
            return vals_list
        return [{**vals, "is_draft": True} for vals in vals_list]

    @api.model
    def _administers(self):
        return self.env.su or self.env.user.has_group(ADMIN_GROUP)

    def _check_drafts_only(self, vals=()):
        """Raise AccessError where who does not administer touches more than drafts.

        :param vals: what would be written: the life cycle is an administrator's
        """
        if self._administers():
            return
        if not LIFE.isdisjoint(vals) or not all(policy.is_draft for policy in self):
            raise AccessError(
                self.env._(
                    "Managers write drafts of policies; an administrator puts them in "
                    "force and changes what is."
                )
            )

    def _check_may_edit(self):
        """Raise UserError if these policies may only be corrected, with a reason."""
        self._check_drafts_only()
        if self.env.su or correction_reason(self.env):
            return
        for policy in self:
            if not policy.is_draft and policy.has_promises:
                raise UserError(
                    self.env._(
                        "Tickets were promised something by “%s”. Make a new version of "
                        "it, or say why it is corrected.",
                        policy.display_name,
                    )
                )

    def copy_data(self, default=None):
        """A copy is a draft, so that it does not take part before it is looked at."""
        return [
            {"is_draft": True, **vals} for vals in super().copy_data(default=default)
        ]

    # Versions

    def _today(self):
        return self.env.company._vip_local_date(event_time(self.env))

    def _versions(self):
        """Return all versions of this policy, the newest first."""
        self.ensure_one()
        root = (self.root_id or self)._origin.id
        domain = Domain("id", "=", root) | Domain("root_id", "=", root)
        versions = self.with_context(active_test=False).search(domain)
        return versions.sorted(lambda policy: -policy.version)

    def _new_version(self, date_from):
        """Return a draft that follows this policy from ``date_from`` (a date)."""
        self.ensure_one()
        versions = self._versions()
        if any(version.is_draft and version.active for version in versions):
            raise UserError(
                self.env._("“%s” has a draft of a new version already.", self.name)
            )
        return self.copy(
            {
                "date_from": date_from,
                "date_to": False,
                "root_id": (self.root_id or self).id,
                "previous_id": self.id,
                "version": versions[0].version + 1,
            }
        )

    def action_put_in_force(self):
        """Put drafts in force; what each follows ends on the day before, at once."""
        for policy in self.filtered("is_draft"):
            policy._put_in_force()

    def _put_in_force(self):
        if not self._administers():
            raise AccessError(self.env._("An administrator puts policies in force."))
        previous = self.previous_id
        # Nobody puts two versions of one policy in force at the same time.
        (self._versions() | self).lock_for_update()
        if not self.target_ids and not self.no_promise:
            raise UserError(
                self.env._("“%s” has no targets: it would promise nothing.", self.name)
            )
        if previous and not previous.is_draft:
            self._end_previous(previous)
        self._in_the_open().write({"is_draft": False})

    def _in_the_open(self):
        """Return the policy so that the life cycle may be written: it is no edit."""
        reason = correction_reason(self.env) or self.env._("Put in force")
        return self.with_context(**correcting(reason))

    def _end_previous(self, previous):
        if not self.date_from:
            raise UserError(
                self.env._("Say from which day the new version is in force.")
            )
        last = self.date_from - timedelta(days=1)
        if previous.date_from and last < previous.date_from:
            raise UserError(
                self.env._(
                    "The version before it is in force from %s only: a new one begins "
                    "later.",
                    previous.date_from,
                )
            )
        if previous.date_to and previous.date_to < last:
            return
        previous._check_not_promised_from(self.date_from)
        previous._in_the_open().write({"date_to": last})

    def _check_not_promised_from(self, day):
        """Raise UserError if tickets opened from ``day`` on are under this policy."""
        if not self._promised_from(day):
            return
        raise UserError(
            self.env._(
                "Tickets opened on %(day)s or later were promised something by "
                "“%(policy)s” already. Let the new version begin after them.",
                day=day,
                policy=self.display_name,
            )
        )

    def _promised_from(self, day):
        """Tell whether a ticket that was opened on ``day`` or later is under this policy."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.company_id, max(t.opened_at)
                  FROM sla_clock c JOIN helpdesk_ticket t ON t.id = c.ticket_id
                 WHERE c.policy_id = %s GROUP BY t.company_id
                """,
                self.id,
            )
        )
        companies = self.env["res.company"]
        return any(
            companies.browse(company_id)._vip_local_date(opened_at) >= day
            for company_id, opened_at in rows
        )

    def action_new_version(self):
        """Ask from which day a new version is to be in force."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New version"),
            "res_model": "sla.policy.new.version",
            "view_mode": "form",
            "target": "new",
            "context": {"default_policy_id": self.id},
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_versions(self):
        followed = self.search_count(
            [("previous_id", "in", self.ids), ("id", "not in", self.ids)], limit=1
        )
        if followed:
            raise ValidationError(
                self.env._("A policy that another version follows is not deleted.")
            )
