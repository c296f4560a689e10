from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.sql import array

#: What was said of a contact, and what was decided: the database changes neither.
ASKED = ("contact_id", "at", "evidence", "proposed_by_id", "proposed_at")
DECIDED = ("state", "reason", "decided_by_id", "decided_at")


class VipLateContact(models.Model):
    """A contact with a client that was recorded late: does it count, and from when?

    Who logs one more than 15 minutes later tells what nobody else saw, and may be the
    one whom it spares. Until a second person decides it changes nothing; an e-mail of
    ours counts from its arrival until then. Approved, the contact counts from when it
    took place; rejected, it stays in sight as rejected.
    """

    _name = "vip.late.contact"
    _description = "Late Contact"
    _inherit = [
        "vip.decision.mixin",
        "vip.hands.off.mixin",
        "vip.evidence.mixin",
    ]
    _order = "proposed_at desc, id desc"
    _decisions_action = "vip_service.vip_late_contact_action"
    _rec_name = "ticket_id"

    contact_id = fields.Many2one(
        "vip.contact", required=True, readonly=True, ondelete="cascade", index=True
    )
    ticket_id = fields.Many2one(related="contact_id.ticket_id")
    partner_id = fields.Many2one(related="contact_id.partner_id", string="Client")
    company_id = fields.Many2one(
        related="contact_id.company_id", store=True, index=True
    )
    kind = fields.Selection(related="contact_id.kind")
    author_id = fields.Many2one(related="contact_id.author_id", string="Who spoke")
    at = fields.Datetime(
        string="Took place at",
        required=True,
        readonly=True,
        help="From when the contact counts, if it is approved.",
    )
    evidence = fields.Text(
        readonly=True, help="What was said, and how it can be checked."
    )
    attachment_ids = fields.Many2many(string="Attachments")
    proposed_by_id = fields.Many2one(
        "res.users", string="Recorded by", required=True, readonly=True, index=True
    )
    proposed_at = fields.Datetime(string="Recorded at", required=True, readonly=True)
    state = fields.Selection(
        [
            ("proposed", "To decide"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
        ],
        required=True,
        default="proposed",
        readonly=True,
    )
    reason = fields.Text(help="Why it counts or not. Needed for a rejection.")
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    decided_at = fields.Datetime(string="Decided at", readonly=True)

    _contact_uniq = models.UniqueIndex("(contact_id)")

    def init(self):
        """Make the database itself keep what was said, and what was decided."""
        decided = SQL("OLD.state <> 'proposed'"), DECIDED
        frozen_rows.freeze(self.env.cr, self._table, columns=ASKED, when=[decided])

    def _guarded_fields(self):
        return self._all_but({"reason"} if self else ())

    def _hands_off(self, names):
        return AccessError(
            self.env._(
                "A late contact is logged on its ticket and decided, not edited."
            )
        )

    def _edited_by_hand(self, vals):
        self._check_can_decide()
        return vals

    @api.model
    def _propose(self, contact_id, user, at, now, evidence="", files=()):
        """Let a second person decide on a contact of the past.

        :param user: who says so
        :param at: when it took place, naive UTC
        :param now: naive UTC, when this was said
        :param files: ``ir.attachment`` records that prove it, uploaded by the user
        """
        # As superuser: nobody makes these by hand.
        self.sudo().create(
            {
                "contact_id": contact_id,
                "at": at,
                "evidence": evidence,
                "attachment_ids": [(6, 0, [file.id for file in files])],
                "proposed_by_id": user.id,
                "proposed_at": now,
            }
        )

    # Who decides

    @api.model
    def _can_decide_depends(self):
        return [*super()._can_decide_depends(), "contact_id", "company_id"]

    def _parties(self):
        """Return who must not decide: who said so, who spoke, and whom it would spare."""
        # As superuser: who it was, whoever may see the ticket.
        late = self.sudo()
        spared = late.ticket_id._spared_by_late_contact(late.at)
        return super()._parties() | late.author_id.user_ids | spared

    def _is_decider(self):
        user = self.env.user
        # As superuser: its company, nothing else.
        return super()._is_decider() and self.sudo().company_id in user.company_ids

    def _not_for_you(self):
        return AccessError(
            self.env._(
                "On a late contact decides a service manager of the company who neither "
                "recorded it nor held the ticket since."
            )
        )

    def _lack(self, state):
        if state == "rejected" and not self._decision_words():
            return UserError(self.env._("Say why it does not count."))
        return None

    # What a decision does

    def action_approve(self):
        """Let the contacts count from when they took place."""
        return self._decide("approved")

    def action_reject(self):
        """Leave everything as it is. Needs a reason on each."""
        return self._decide("rejected")

    def _carry_out(self, state, at, by):
        self._write_decision(state, at, by)
        if state == "approved":
            for late in self:
                late.contact_id._count_from(late.at, at)

    # E-mails of ours that arrive late

    @api.model
    def _propose_mails(self, contacts, now):
        """Let somebody decide whether e-mails of ours count from their own date.

        :param contacts: list of :class:`~.vip_contact.Told` that count: late ones of
            ours do so from their arrival
        """
        late = [one.id for one in contacts if one.outgoing and one.doubtful]
        if not late:
            return
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id, u.id, greatest(date_trunc('second', m.date), t.opened_at)
                  FROM vip_contact c
                  JOIN mail_message m ON m.id = c.message_id
                  JOIN helpdesk_ticket t ON t.id = c.ticket_id
                  JOIN LATERAL (
                       SELECT id FROM res_users u
                        WHERE u.partner_id = m.author_id AND NOT u.share
                        ORDER BY u.active DESC, u.id LIMIT 1
                  ) u ON TRUE
                 WHERE c.id = ANY(%s) AND c.kind = 'email'
                   AND NOT EXISTS (SELECT FROM vip_late_contact l
                                    WHERE l.contact_id = c.id)
                 ORDER BY c.id
                """,
                array(late),
            )
        )
        for contact_id, user_id, at in rows:
            user = self.env["res.users"].browse(user_id)
            self._propose(contact_id, user, at, now)
