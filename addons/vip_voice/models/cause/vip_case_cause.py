from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools.sql import LooseMany2one
from odoo.addons.vip_base.tools.times import event_time

#: So many like cases are asked what they came from.
LIKE = 200


class VipCaseCause(models.Model):
    """What a case came from, as a person decided it; a program proposes only (V4).

    A case is the ticket of a feedback or a complaint. It may have several causes.
    """

    _name = "vip.case.cause"
    _description = "Cause of a Case"
    _inherit = ["vip.hands.off.mixin"]
    _order = "decided_at desc, id desc"
    _rec_name = "cause_id"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", string="Case", required=True, ondelete="cascade", index=True
    )
    cause_id = fields.Many2one(
        "vip.cause", required=True, ondelete="restrict", index=True
    )
    why = fields.Text(
        string="Because",
        help="What led to it, and what led to that: one line each.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    happened_at = fields.Datetime(
        string="Case of", required=True, readonly=True, index=True
    )
    about_team_id = LooseMany2one(
        "helpdesk.ticket.team", string="Team complained of", readonly=True
    )
    about_category_id = LooseMany2one(
        "helpdesk.ticket.category", string="Service item", readonly=True
    )
    step_id = fields.Many2one(
        "vip.process.step", string="Process step", readonly=True, ondelete="restrict"
    )
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    decided_at = fields.Datetime(string="Decided at", required=True, readonly=True)

    _cause_uniq = models.UniqueIndex(
        "(ticket_id, cause_id)", "This case has this cause already."
    )

    def _guarded_fields(self):
        return self._all_but({"why"} if self else {"ticket_id", "cause_id", "why"})

    def _by_hand(self, vals):
        ticket = self.env["helpdesk.ticket"].browse(vals.get("ticket_id")).exists()
        ticket.check_access("write")
        return {**vals, "decided_by_id": self.env.uid}

    def _with_facts(self, vals):
        """Return the values with what the case is about."""
        # As superuser: what the case is about, whoever decides on its cause.
        ticket = self.env["helpdesk.ticket"].sudo().browse(vals["ticket_id"])
        if not ticket.team_id.vip_is_voice:
            raise UserError(
                self.env._("Only feedback and complaints have causes: open one first.")
            )
        about, step = self._about(ticket)
        return {
            "company_id": ticket.company_id.id,
            "happened_at": ticket.opened_at or event_time(self.env),
            "about_team_id": about.team_id.id,
            "about_category_id": about.category_id.id,
            "step_id": step.id,
            "decided_at": event_time(self.env),
            **vals,
        }

    @api.model
    def _about(self, ticket):
        """Return the request that a case is about, and the step of the process."""
        # As superuser: what the case is about, whoever decides on its cause.
        complaint = self.env["vip.complaint"].sudo()._of_ticket(ticket)
        # As superuser: likewise.
        feedback = self.env["vip.feedback"].sudo()
        feedback = feedback.search([("ticket_id", "=", ticket.id)], limit=1)
        return complaint.about_id or feedback.about_id, complaint.step_id

    def _hands_off(self, names):
        return AccessError(self.env._("What a case is about is not written by hand."))

    @api.model
    def _decide(self, ticket, proposed):
        """Return the window in which a person decides what a case came from."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What it came from"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_ticket_id": ticket.id,
                "default_cause_id": proposed.id,
            },
        }

    @api.model
    def _proposed(self, company, category, step):
        """Return the cause that most like cases came from, empty: none.

        Like are cases of the same step, or of the same service item where no step is
        known. Counted as superuser: a proposal names no case.
        """
        domain = [("company_id", "=", company.id)]
        if step:
            domain.append(("step_id", "=", step.id))
        elif category:
            domain.append(("about_category_id", "=", category.id))
        else:
            return self.env["vip.cause"]
        cases = self.sudo().search(
            domain, limit=LIKE, order="happened_at desc, id desc"
        )
        causes = Counter(case.cause_id for case in cases if case.cause_id.active)
        return causes.most_common(1)[0][0] if causes else self.env["vip.cause"]
