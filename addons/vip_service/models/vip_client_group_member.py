from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import clean_context

from odoo.addons.vip_base.tools.times import event_time, free_periods


class VipClientGroupMember(models.Model):
    """The consent of a client to be judged together with others, from when to when.

    What was consented is not edited: a consent ends, and another one begins. So every
    review can be judged again by the consents that were known then.
    """

    _name = "vip.client.group.member"
    _description = "Consent of a Group Member"
    _inherit = ["vip.audited"]
    _order = "date_from desc, id desc"
    _rec_name = "partner_id"

    group_id = fields.Many2one(
        "vip.client.group", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        related="group_id.company_id", store=True, precompute=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        ondelete="restrict",
        index=True,
        domain=[("client_type", "!=", False)],
    )
    consented_by = fields.Char(
        string="Consent given by",
        required=True,
        help="The person who consented for the client.",
    )
    consented_on = fields.Date(
        string="Consent given on",
        required=True,
        default=lambda self: self._today(),
    )
    evidence = fields.Text(
        string="Evidence of consent",
        required=True,
        help="How the consent was given and where it is kept: letter, recording, form.",
    )
    attachment = fields.Binary(string="Document", attachment=True)
    attachment_name = fields.Char(string="Document name")
    date_from = fields.Date(
        string="Holds from",
        required=True,
        default=lambda self: self._today(),
        help="Not before the consent was given. Figures of the months that lie wholly "
        "within the consent are rolled up.",
    )
    date_until = fields.Date(
        string="Given until",
        help="The first day that the consent does not cover any more; empty: until it "
        "is withdrawn.",
    )
    date_to = fields.Date(
        string="Ends on",
        readonly=True,
        help="The first day on which the client is judged alone again: as given, or "
        "earlier.",
    )
    recorded_at = fields.Datetime(
        string="Recorded at",
        required=True,
        readonly=True,
        default=lambda self: event_time(self.env),
    )
    recorded_by_id = fields.Many2one(
        "res.users",
        string="Recorded by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    ended_at = fields.Datetime(string="End recorded at", readonly=True)
    ended_by_id = fields.Many2one(
        "res.users", string="End recorded by", readonly=True, ondelete="restrict"
    )
    end_reason = fields.Char(string="Reason of the end", readonly=True)

    _period = models.Constraint(
        "CHECK (date_to > date_from)", "A consent ends after it began."
    )
    _not_backwards = models.Constraint(
        "CHECK (date_from >= consented_on)",
        "A consent does not hold for the time before it was given.",
    )
    # Ranges of one integer compare by = in GiST without any database extension.
    _one_group = models.Constraint(
        "EXCLUDE USING gist ("
        "int4range(company_id, company_id, '[]') WITH =, "
        "int4range(partner_id, partner_id, '[]') WITH =, "
        "daterange(date_from, date_to) WITH &&)",
        "A client is a member of one group at a time.",
    )

    def _today(self):
        return self.env.company._vip_local_date(event_time(self.env))

    @api.constrains("partner_id", "group_id")
    def _check_client(self):
        # As superuser: the check reads fields that the user may not.
        for member in self.sudo():
            client, company = member.partner_id, member.company_id
            if not client.client_type or client.company_id not in (
                company,
                company.browse(),
            ):
                raise ValidationError(
                    self.env._(
                        "“%(client)s” is no client of %(company)s.",
                        client=client.display_name,
                        company=company.name,
                    )
                )

    @api.constrains("consented_on")
    def _check_not_future(self):
        for member in self:
            today = member.company_id._vip_local_date(event_time(self.env))
            if member.consented_on > today:
                raise ValidationError(
                    self.env._("A consent is recorded once it was given.")
                )

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """Record consents: who records them and when is never the caller's choice."""
        kept = self._kept_fields()
        members = self
        if not self.env.su:
            members = self.with_context(clean_context(self.env.context))
            for vals in vals_list:
                if kept & {name for name, value in vals.items() if value}:
                    raise UserError(self._edit_text())
        vals_list = [dict(v, date_to=v.get("date_until")) for v in vals_list]
        members = super(VipClientGroupMember, members).create(vals_list)
        return members.with_env(self.env)

    def write(self, vals):
        """Guard a consent: only its document may be added later."""
        if not self.env.su and vals.keys() - {"attachment", "attachment_name"}:
            raise UserError(self._edit_text())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        for member in self:
            domain = [
                ("company_id", "=", member.company_id.id),
                ("month", ">=", member.date_from),
                ("state", "in", ("running", "done")),
            ]
            # As superuser: reviews count, whoever may see them.
            if self.env["vip.tier.review"].sudo().search_count(domain, limit=1):
                raise UserError(
                    self.env._("A consent that a review has used ends; it is kept.")
                )

    def _kept_fields(self):
        return {
            *("date_to", "recorded_at", "recorded_by_id"),
            *("ended_at", "ended_by_id", "end_reason"),
        }

    def _edit_text(self):
        return self.env._("A consent is not edited: end it and record another one.")

    def _audited_fields(self):
        return {
            *("group_id", "partner_id", "consented_by", "consented_on", "evidence"),
            *("date_from", "date_until", "date_to", "end_reason", "attachment_name"),
        }

    # Actions

    def action_end(self):
        """Ask from which day and why the consent ends."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("End the consent"),
            "res_model": "vip.client.group.end",
            "view_mode": "form",
            "target": "new",
            "context": {"default_member_id": self.id},
        }

    # Business

    @api.model
    def _running_domain(self, day):
        """Return the domain of consents that hold on ``day``."""
        open_end = Domain("date_to", "=", False) | Domain("date_to", ">", day)
        return Domain("date_from", "<=", day) & open_end

    def _end(self, day, reason, at=None):
        """Let these consents end: from ``day`` on each client is judged alone.

        :param at: the event time (naive UTC)
        :raises UserError: there is no reason, or one ends by then or had not begun
        """
        if not (reason or "").strip():
            raise UserError(self.env._("The end of a consent needs a reason."))
        self.check_access("write")
        for member in self:
            if day <= member.date_from:
                raise UserError(self.env._("A consent ends after it began."))
            if member.date_to and member.date_to <= day:
                raise UserError(self.env._("This consent has ended by then."))
        # As superuser: checked above; consents end here only.
        self.sudo().write(
            {
                "date_to": day,
                "ended_at": at or event_time(self.env),
                "ended_by_id": self.env.uid,
                "end_reason": reason.strip(),
            }
        )

    def _end_now(self, reason):
        """Let what holds today end, and drop what has not begun: a group or client ends."""
        for company, members in self.grouped("company_id").items():
            today = company._vip_local_date(event_time(self.env))
            open_members = members.filtered(
                lambda m, day=today: not m.date_to or m.date_to > day
            )
            begun = open_members.filtered(lambda m, day=today: m.date_from < day)
            (open_members - begun).unlink()
            begun._end(today, reason)

    # Merging clients

    @api.model
    def _move(self, source, client):
        """Let consents move along for the days on which ``client`` has no own one."""
        for member in self.search([("partner_id", "=", source.id)], order="id"):
            own = self.search(
                [
                    ("partner_id", "=", client.id),
                    ("company_id", "=", member.company_id.id),
                ],
                order="date_from",
            )
            free = free_periods(
                member.date_from,
                member.date_to or None,
                [(row.date_from, row.date_to or None) for row in own],
            )
            if not free:
                member._drop()
            for place, (start, stop) in enumerate(free):
                values = {
                    "partner_id": client.id,
                    "date_from": start,
                    "date_to": stop or False,
                }
                if not place:
                    member.write(values)
                else:
                    # A consent around one of the client's own goes on after it.
                    member.copy({**values, "date_until": stop or False})

    def _drop(self):
        """Delete a consent of days that the client consented for itself; the log keeps it."""
        self.env["vip.audit.log"]._record(
            self,
            "deleted",
            old=self._audited_values(self._audited_names(self._fields)),
            reason=self.env._("Merged clients"),
        )
        self.env.cr.execute(
            SQL("DELETE FROM vip_client_group_member WHERE id = %s", self.id)
        )
        self.invalidate_model()
