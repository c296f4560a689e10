from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.reason import said
from odoo.addons.vip_base.tools.times import event_time

NEED, PREFERENCE, CARE = "need", "preference", "care"


class VipClientMark(models.Model):
    """What a client has said it needs or prefers, or that it needs special care.

    A dated row: since when, until when, who wrote it down. Special care is marked with
    the consent of the client only, and shown wherever the client is met (REQUIREMENTS
    C1, C8).
    """

    _name = "vip.client.mark"
    _description = "Need, Preference or Special Care"
    _inherit = ["vip.hands.off.mixin"]
    _order = "kind, date_from desc, id desc"
    _rec_name = "text"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        ondelete="cascade",
        index=True,
        help="The client, or the person at the client whom it is about.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="restrict", readonly=True
    )
    kind = fields.Selection(
        [
            (NEED, "Stated need"),
            (PREFERENCE, "Preference"),
            (CARE, "Special care"),
        ],
        required=True,
        default=NEED,
    )
    care = fields.Selection(
        [
            ("age", "Age"),
            ("disability", "Disability"),
            ("language", "Language"),
            ("other", "Other"),
        ],
        string="Because of",
    )
    text = fields.Char(
        string="What to mind",
        required=True,
        help="One short sentence for whoever meets the client: “Write, do not ring”.",
    )
    consent = fields.Char(
        help="How and when the client agreed that this is kept and shown.",
    )
    date_from = fields.Date(
        string="Since", required=True, default=lambda self: self._default_day()
    )
    date_to = fields.Date(
        string="Until", help="The last day; empty: until it is ended."
    )
    author_id = fields.Many2one(
        "res.users", string="By", required=True, ondelete="restrict", readonly=True
    )
    recorded_at = fields.Datetime(string="Recorded at", required=True, readonly=True)
    ended_at = fields.Datetime(string="Ended at", readonly=True)
    ended_by_id = fields.Many2one(
        "res.users", string="Ended by", ondelete="restrict", readonly=True
    )

    _days_in_order = models.Constraint(
        "CHECK (date_to >= date_from)", "It ends after it began."
    )
    _consent_to_care = models.Constraint(
        "CHECK (kind <> 'care' OR consent IS NOT NULL AND care IS NOT NULL)",
        "Special care is marked with the client's consent, and with its kind.",
    )

    def _default_day(self):
        return self.env.company._vip_local_date(event_time(self.env))

    def _guarded_fields(self):
        if self:
            return set(self._fields)
        return self._all_but(
            {
                *("partner_id", "kind", "care", "text", "consent"),
                *("date_from", "date_to"),
            }
        )

    def _by_hand(self, vals):
        """Complete what who serves the client writes down.

        :raise AccessError: another adviser serves the client
        :raise UserError: it says nothing, or care is without consent
        """
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        partner._check_vip_served()
        vals = {**vals, "text": said(vals.get("text"))}
        vals["consent"] = said(vals.get("consent")) or False
        if not vals["text"]:
            raise UserError(self.env._("Say what is to be minded."))
        if vals.get("kind") == CARE:
            if not vals["consent"] or not vals.get("care"):
                raise UserError(
                    self.env._(
                        "Special care is kept and shown with the client's consent only: "
                        "say how and when it agreed, and because of what."
                    )
                )
        else:
            vals["care"] = False
        return {
            **vals,
            "company_id": self.env.company.id,
            "author_id": self.env.uid,
            "recorded_at": event_time(self.env),
        }

    def action_end(self):
        """Let it hold no more from now on; the row stays.

        :raise AccessError: another adviser serves the client
        """
        self.check_access("read")
        self.partner_id._check_vip_served()
        # As superuser: checked above; nobody writes what was said.
        self.sudo().filtered(lambda one: not one.ended_at).write(
            {"ended_at": event_time(self.env), "ended_by_id": self.env.uid}
        )
        return True

    @api.model
    def _holds_sql(self, day, at):
        """Return the condition that a row ``k`` holds on a day, as known at an instant.

        :param at: naive UTC: what was recorded later is not known yet
        """
        return SQL(
            "k.company_id = %s AND k.date_from <= %s"
            " AND (k.date_to IS NULL OR k.date_to >= %s)"
            " AND k.recorded_at <= %s AND (k.ended_at IS NULL OR k.ended_at > %s)",
            *(self.env.company.id, day, day, at, at),
        )
