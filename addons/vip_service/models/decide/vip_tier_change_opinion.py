from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

AGREES, AGAINST, HOLD = "agrees", "against", "hold"
OPINIONS = [(AGREES, "Agrees"), (AGAINST, "Against"), (HOLD, "Hold for now")]
#: With these whoever approves all the same says why.
OPPOSED = (AGAINST, HOLD)


class VipTierChange(models.Model):
    """What the client's adviser thinks of a proposal, before it is decided."""

    _inherit = "vip.tier.change"

    opinion = fields.Selection(OPINIONS, string="Adviser's opinion", readonly=True)
    opinion_note = fields.Text(string="What the adviser says", readonly=True)
    opinion_by_id = fields.Many2one(
        "res.users", string="Opinion of", readonly=True, ondelete="restrict"
    )
    opinion_at = fields.Datetime(string="Opinion given at", readonly=True)
    can_give_opinion = fields.Boolean(compute="_compute_can_give_opinion")

    @api.depends_context("uid")
    @api.depends("state", "partner_id.adviser_id")
    def _compute_can_give_opinion(self):
        own = self.env.user._same_person()
        for change in self:
            change.can_give_opinion = bool(
                change.id
                and change.state == "proposed"
                and change.partner_id.adviser_id & own
            )

    def action_give_opinion(self):
        """Ask the adviser what is to be said about these proposals."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Your opinion"),
            "res_model": "vip.tier.opinion",
            "view_mode": "form",
            "target": "new",
            "context": {"default_change_ids": [(6, 0, self.ids)]},
        }

    def _give_opinion(self, opinion, note, at):
        """Keep what the adviser thinks; a later opinion replaces it, the log has both.

        :param at: naive UTC
        :raise AccessError: not the client's adviser
        :raise UserError: it is decided, or an opinion against it gives no reason
        """
        self.check_access("read")
        note = (note or "").strip()
        if opinion in OPPOSED and not note:
            raise UserError(self.env._("Say why: who decides reads it."))
        for change in self:
            if change.state != "proposed":
                raise change._decided_already()
            if not change.can_give_opinion:
                raise AccessError(
                    self.env._(
                        "The adviser of “%s” gives an opinion on it.",
                        change.partner_id.display_name,
                    )
                )
        before = {change.id: change.opinion for change in self}
        # As superuser: advisers write nothing of a proposal but their own opinion.
        self.sudo().write(
            {
                "opinion": opinion,
                "opinion_note": note,
                "opinion_by_id": self.env.uid,
                "opinion_at": at,
            }
        )
        self.env["vip.audit.log"]._record(
            self,
            "changed",
            old=lambda change: {"opinion": before[change.id]},
            new={"opinion": opinion},
            reason=note,
        )

    def _is_opposed(self):
        """Tell whether the adviser is not in favour."""
        return self.opinion in OPPOSED

    def _unheard(self, reason):
        """Return the error for who approves against an adviser without a word, or None."""
        if not self._is_opposed() or (reason or "").strip():
            return None
        return UserError(
            self.env._("The adviser is not in favour: say why it is approved.")
        )
