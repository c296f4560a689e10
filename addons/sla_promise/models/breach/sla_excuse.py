from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL
from odoo.tools.misc import clean_context

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.times import event_time

BY_REQUESTER = {"breach_id", "reason_id", "evidence", "attachment_ids"}
BY_DECIDER = {"answer"}

#: What the database itself refuses, whoever asks.
GUARD = """
CREATE OR REPLACE FUNCTION sla_excuse_guard() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'sla_excuse %: a request is never deleted', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.breach_id IS DISTINCT FROM OLD.breach_id
       OR NEW.reason_id IS DISTINCT FROM OLD.reason_id
       OR NEW.evidence IS DISTINCT FROM OLD.evidence
       OR NEW.requested_by_id IS DISTINCT FROM OLD.requested_by_id
       OR NEW.requested_at IS DISTINCT FROM OLD.requested_at
       OR (OLD.state <> 'requested'
           AND (NEW.state IS DISTINCT FROM OLD.state
                OR NEW.answer IS DISTINCT FROM OLD.answer
                OR NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id
                OR NEW.decided_at IS DISTINCT FROM OLD.decided_at))
    THEN
        RAISE EXCEPTION 'sla_excuse %: what was asked and decided stays', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$ LANGUAGE plpgsql;
CREATE OR REPLACE TRIGGER sla_excuse_guard BEFORE UPDATE OR DELETE ON sla_excuse
    FOR EACH ROW EXECUTE FUNCTION sla_excuse_guard();
"""


class SlaExcuse(models.Model):
    """Somebody asks to excuse a breach, with evidence; somebody else decides.

    The decider is neither who asked nor who held the ticket when the promise was
    missed. What was asked and decided never changes.
    """

    _name = "sla.excuse"
    _description = "Excuse"
    _inherit = ["mail.thread"]
    _mail_post_access = "read"
    _order = "requested_at desc, id desc"
    _rec_name = "breach_id"

    breach_id = fields.Many2one(
        "sla.breach", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="breach_id.company_id", store=True)
    user_id = fields.Many2one(related="breach_id.user_id", string="Held by")
    team_id = fields.Many2one(related="breach_id.team_id")
    breached_at = fields.Datetime(related="breach_id.breached_at")
    reason_id = fields.Many2one(
        "sla.breach.reason",
        required=True,
        ondelete="restrict",
        domain="[('excusable', '=', True)]",
    )
    evidence = fields.Text(
        required=True, help="What happened, and how it can be checked."
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Attachments")
    requested_by_id = fields.Many2one(
        "res.users", string="Requested by", required=True, readonly=True, index=True
    )
    requested_at = fields.Datetime(string="Requested at", required=True, readonly=True)
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("cancelled", "Taken back"),
        ],
        required=True,
        default="requested",
        readonly=True,
        tracking=True,
    )
    answer = fields.Text(help="What was decided, and why. Needed for a rejection.")
    decided_by_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, tracking=True
    )
    decided_at = fields.Datetime(string="Decided at", readonly=True)
    can_decide = fields.Boolean(string="Can decide", compute="_compute_can_decide")
    can_take_back = fields.Boolean(
        string="Can take back", compute="_compute_can_decide"
    )

    _open_uniq = models.UniqueIndex(
        "(breach_id) WHERE state = 'requested'",
        "Somebody has asked to excuse this breach already.",
    )

    def init(self):
        self.env.cr.execute(SQL(GUARD.replace("%", "%%")))

    @api.depends_context("uid")
    @api.depends("state", "requested_by_id", "breach_id.user_id")
    def _compute_can_decide(self):
        user = self.env.user
        manager = user.has_group(MANAGER_GROUP)
        for excuse in self:
            asked = excuse.state == "requested"
            excuse.can_decide = asked and manager and user not in excuse._parties()
            excuse.can_take_back = asked and user == excuse.requested_by_id

    @api.constrains("reason_id", "breach_id")
    def _check_reason(self):
        for excuse in self:
            company = excuse.reason_id.company_id
            if not excuse.reason_id.excusable or (
                company and company != excuse.company_id
            ):
                raise ValidationError(
                    self.env._(
                        "“%s” explains a breach but excuses nobody.",
                        excuse.reason_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        excuses = self.with_context(clean_context(self.env.context))
        asked = [excuses._requested(vals) for vals in vals_list]
        # Rows go in before updates: what was just decided must not count as open.
        self.flush_model(["state"])
        records = super(SlaExcuse, excuses).create(asked).with_env(self.env)
        records._keep_attachments()
        return records

    def write(self, vals):
        if not self.env.su:
            if not vals.keys() <= BY_DECIDER:
                raise AccessError(
                    self.env._("A request to excuse is decided, not edited.")
                )
            self._check_decider()
        return super().write(vals)

    def action_approve(self):
        """Excuse the breaches: nobody is charged for them.

        :raise AccessError: no service manager, or party to it
        :raise UserError: decided already
        """
        self._decide("approved")

    def action_reject(self):
        """Leave the breaches as they are. Needs an answer on each."""
        self._check_decider()
        for excuse in self:
            if not (excuse.answer or "").strip():
                raise UserError(self.env._("Answer who asked: why is it not excused?"))
        self._decide("rejected")

    def action_take_back(self):
        """Take an own request back before it is decided."""
        for excuse in self:
            if not excuse.can_take_back:
                raise AccessError(
                    self.env._("Only who asked takes a request back, while it is open.")
                )
        # As superuser: that it is one's own is checked above.
        self.sudo().write({"state": "cancelled", "decided_at": event_time(self.env)})

    def _parties(self):
        """Return who must not decide: who asked, and who held the ticket."""
        return self.requested_by_id | self.breach_id.sudo().user_id

    def _requested(self, vals):
        """Return the values of a request by the current user.

        :raise AccessError: other values than its own, or a breach one may not see
        :raise UserError: the breach is decided
        """
        if not vals.keys() <= BY_REQUESTER:
            raise AccessError(self.env._("A request says which breach, and why."))
        breach = self.env["sla.breach"].browse(vals.get("breach_id")).exists()
        breach.check_access("read")
        if breach.state != "open":
            raise UserError(self.env._("Only an open breach can be excused."))
        return {
            **vals,
            "requested_by_id": self.env.uid,
            "requested_at": event_time(self.env),
        }

    def _keep_attachments(self):
        """Make own uploads part of the request, so that its decider can read them."""
        for excuse in self:
            # As superuser: the rights of a file follow its record, set right here.
            for attachment in excuse.sudo().attachment_ids:
                if (
                    attachment.res_id == excuse.id
                    and attachment.res_model == self._name
                ):
                    continue
                if attachment.res_id or attachment.create_uid != self.env.user:
                    raise AccessError(self.env._("Attach files of your own."))
                attachment.write({"res_model": self._name, "res_id": excuse.id})

    def _check_decider(self):
        self.check_access("read")
        for excuse in self:
            if excuse.state != "requested":
                raise UserError(self.env._("This request is decided already."))
            if not excuse.can_decide:
                raise AccessError(
                    self.env._(
                        "An excuse is decided by a service manager who neither asked "
                        "for it nor held the ticket."
                    )
                )

    def _decide(self, state):
        self._check_decider()
        at = event_time(self.env)
        decision = {"decided_by_id": self.env.uid, "decided_at": at}
        # As superuser: who may decide is checked above; only this writes decisions.
        for excuse in self.sudo():
            excuse.write({"state": state, **decision})
            if state == "approved":
                excuse.breach_id._excuse(excuse)
            if excuse.answer:
                excuse.with_user(self.env.user).message_post(
                    body=excuse.answer, subtype_xmlid="mail.mt_comment"
                )

    def _settle(self, answer):
        """Close open requests whose breach is withdrawn: there is nothing to excuse."""
        asked = self.filtered(lambda excuse: excuse.state == "requested")
        asked.write(
            {
                "state": "cancelled",
                "answer": answer,
                "decided_at": event_time(self.env),
            }
        )
