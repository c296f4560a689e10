from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.reason import said
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_service.models.answer.vip_answer import SATISFIED

from ..feedback.sla_obligation import ANSWER, DECISION

VERIFICATION = "verification"


class VipComplaint(models.Model):
    """A second question asks the client whether it is settled; not by who handled it."""

    _inherit = "vip.complaint"

    verify_result = fields.Selection(
        [
            ("asked", "Asked, no answer yet"),
            ("settled", "Settled"),
            ("unsettled", "Not settled"),
            ("unreached", "Not reached"),
        ],
        string="Verified with the client",
        readonly=True,
    )
    verified_by_id = fields.Many2one("res.users", string="Verified by", readonly=True)
    verified_at = fields.Datetime(string="Verified at", readonly=True)
    verify_note = fields.Text(string="How it was tried", readonly=True)
    verify_question_id = fields.Many2one("vip.question", readonly=True)
    unsettled_at = fields.Datetime(string="Last no of the client", readonly=True)
    unsettled_count = fields.Integer(string="Said not settled", readonly=True)
    reexamined_at = fields.Datetime(string="Examined again since", readonly=True)
    reexamine_reason = fields.Text(string="Why it is examined again", readonly=True)

    def _is_verified(self):
        return self.verify_result in ("settled", "unreached")

    def _handlers(self):
        """Return who handled this complaint, whoever holds it now."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT user_id FROM sla_span"
                " WHERE ticket_id = %s AND user_id IS NOT NULL",
                self.ticket_id.id,
            )
        )
        users = self.env["res.users"].browse(user for (user,) in rows)
        return users | self.owner_id | self._interested()

    def _check_verifier(self):
        """Check that the current user may verify these.

        :raise AccessError: who handled one of them
        """
        for complaint in self:
            complaint.check_access("read")
            # As superuser: who held it, whoever asks.
            if self.env.user in complaint.sudo()._handlers()._same_person():
                raise AccessError(
                    self.env._("Who handled a complaint does not verify it.")
                )

    def action_verify(self):
        """Ask the client whether it is settled, by a mail with a link of its own."""
        self._check_verifier()
        for complaint in self:
            lacks = complaint._lacks().keys() & {"action", "answer"}
            if lacks or complaint.closed_at:
                raise UserError(
                    self.env._(
                        "First the actions are done, and the client is answered."
                    )
                )
            # As superuser: questions are written by the system.
            complaint.sudo()._ask_whether_settled(event_time(self.env), self.env.user)

    def _ask_whether_settled(self, at, by):
        template = self.env.ref("vip_voice.mail_template_verification")
        ticket, questions = self.ticket_id, self.env["vip.question"]
        held = (ticket.user_id.id, ticket.team_id.id, ticket.category_id.id)
        question = questions._note_closings(
            [(ticket.id, at, template.id, *held)], at, "waiting", VERIFICATION
        )
        self.write(
            {
                "verify_result": "asked",
                "verify_question_id": question.id,
                "verified_by_id": by.id,
            }
        )
        self.env.ref("vip_service.ir_cron_question")._trigger()

    def _verified(self, answer, at):
        """Take the answer of the client; not settled, the complaint goes on."""
        self.ensure_one()
        if answer.grade >= SATISFIED:
            self.write({"verify_result": "settled", "verified_at": at})
            return
        self.write(
            {
                "verify_result": "unsettled",
                "verified_at": at,
                "unsettled_at": at,
                "unsettled_count": self.unsettled_count + 1,
                "answered_at": False,
                "closed_at": False,
            }
        )
        if self.ticket_id.stage_id.closed:
            stages = self.ticket_id.team_id._get_applicable_stages()
            self.ticket_id.stage_id = stages._for_reopening()[:1]
        self._obligations()._owe(ANSWER, self.ticket_id, answer)

    def action_unreached(self, note):
        """Let a complaint be closed although the client was not reached.

        :param note: how often and how it was tried
        :raise AccessError: no service manager, or one who handled it
        """
        self._check_verifier()
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._("That a client cannot be reached is decided by a manager.")
            )
        note = said(note)
        if not note:
            raise UserError(self.env._("Say how it was tried."))
        # As superuser: written here only, after the checks.
        self.sudo().write(
            {
                "verify_result": "unreached",
                "verify_note": note,
                "verified_by_id": self.env.uid,
                "verified_at": event_time(self.env),
            }
        )

    def action_reexamine(self, reason):
        """Let an upper level examine it again, because the client disagrees.

        Nobody who has handled it so far does; a service manager owns it from now on.

        :raise UserError: without a reason
        """
        self.ensure_one()
        self.check_access("write")
        if not (reason or "").strip():
            raise UserError(self.env._("Say with what the client disagrees."))
        at = event_time(self.env)
        # As superuser: whoever works on it may ask for that.
        complaint = self.sudo()
        complaint.ticket_id.write({"user_id": False, "vip_owner_id": False})
        complaint.write(
            {
                "level": 2,
                "reexamined_at": at,
                "reexamine_reason": reason,
                "verify_result": False,
                "answered_at": False,
                "closed_at": False,
                "decision": False,
            }
        )
        for key in (DECISION, ANSWER):
            complaint._obligations()._owe(key, complaint.ticket_id, complaint)
        self.env["vip.audit.log"]._record(
            complaint, "changed", new={"level": 2}, reason=reason
        )


class VipQuestion(models.Model):
    """The second question: is it settled?"""

    _inherit = "vip.question"

    purpose = fields.Selection(
        selection_add=[(VERIFICATION, "Is a complaint settled?")],
        ondelete={VERIFICATION: "cascade"},
    )


class VipAnswer(models.Model):
    """What the client says of a complaint goes to its file."""

    _inherit = "vip.answer"

    @api.model
    def _told_complaints(self, answers, at):
        """Let complaints take the answers that count."""
        # As superuser: the client's answer goes to the file, whoever writes it down.
        complaints = self.env["vip.complaint"].sudo()
        for answer in answers.filtered("counts"):
            complaint = complaints.search(
                [("verify_question_id", "=", answer.question_id.id)]
            )
            if complaint:
                complaint._verified(answer, at)
