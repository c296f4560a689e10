import hashlib
import json
import secrets

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows

#: What a part of the file says, as SQL of (id, at, facts) over a ticket's id.
PARTS = {
    "sla.span": """
        SELECT s.id, s.start AS at,
               jsonb_build_array(s.start, s.user_id, s.team_id, s.stage_id) AS facts
          FROM sla_span s WHERE s.ticket_id = %s""",
    "sla.clock": """
        SELECT c.id, c.started_at AS at,
               jsonb_build_array(c.metric, c.round, c.started_at, c.seconds) AS facts
          FROM sla_clock c WHERE c.ticket_id = %s""",
    "sla.obligation": """
        SELECT o.id, o.at, jsonb_build_array(o.metric, o.kind, o.at, o.user_id) AS facts
          FROM sla_obligation o WHERE o.ticket_id = %s""",
    "vip.contact": """
        SELECT c.id, c.at, jsonb_build_array(c.kind, c.at, c.outgoing) AS facts
          FROM vip_contact c WHERE c.ticket_id = %s""",
    "mail.message": """
        SELECT m.id, m.date AS at,
               jsonb_build_array(m.date, m.author_id, m.body) AS facts
          FROM mail_message m
         WHERE m.model = 'helpdesk.ticket' AND m.res_id = %s""",
}


def fingerprint(salt, facts):
    """Return what is kept of a part: it shows whether a text is the one of then."""
    text = salt + json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


class VipComplaintPart(models.Model):
    """A part of a complaint's file as it was when it was frozen: an id and a salted hash.

    The words themselves stay where they are, so that erasure may remove them: what the
    hash proves stays.
    """

    _name = "vip.complaint.part"
    _description = "Part of a Complaint's File"
    _inherit = ["vip.hands.off.mixin"]
    _log_access = False
    _order = "at desc, id desc"

    complaint_id = fields.Many2one(
        "vip.complaint", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="restrict")
    frozen_at = fields.Datetime(string="Frozen at", required=True, readonly=True)
    at = fields.Datetime(string="When", readonly=True)
    res_model = fields.Char(string="Kind", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Part", model_field="res_model", readonly=True
    )
    kind_label = fields.Char(string="What", compute="_compute_kind_label")
    salt = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    hash = fields.Char(readonly=True)
    is_same = fields.Selection(
        [("same", "As it was"), ("changed", "Changed since"), ("gone", "Gone")],
        string="Now",
        compute="_compute_is_same",
    )

    _part_uniq = models.UniqueIndex("(complaint_id, res_model, res_id, hash)")

    def init(self):
        """Make the database itself keep what was frozen."""
        frozen_rows.freeze(self.env.cr, self._table)

    def _guarded_fields(self):
        return self._all_but(())

    @api.depends("res_model")
    def _compute_kind_label(self):
        words = {
            "sla.span": self.env._("Who held it, at which stage"),
            "sla.clock": self.env._("What was promised"),
            "sla.obligation": self.env._("What was owed and met"),
            "vip.contact": self.env._("A contact with the client"),
            "mail.message": self.env._("A message or note"),
        }
        for part in self:
            part.kind_label = words.get(part.res_model, part.res_model)

    def _compute_is_same(self):
        for complaint, parts in self.grouped("complaint_id").items():
            # As superuser: whether a part is as it was, whoever may read the part.
            now = complaint.sudo()._parts_now()
            for part in parts:
                facts = now.get((part.res_model, part.res_id))
                if facts is None:
                    part.is_same = "gone"
                else:
                    same = part.sudo().hash == fingerprint(part.sudo().salt, facts[1])
                    part.is_same = "same" if same else "changed"


class VipComplaint(models.Model):
    """The file of a complaint assembles itself."""

    _inherit = "vip.complaint"

    part_ids = fields.One2many("vip.complaint.part", "complaint_id", readonly=True)

    def _parts_now(self):
        """Return {(model, id): (when, facts)} of all that belongs to the file."""
        self.ensure_one()
        self.env.flush_all()
        found = {}
        for ticket in {self.ticket_id.id, self.about_id.id} - {False}:
            for model, query in PARTS.items():
                for part, at, facts in self.env.execute_query(SQL(query, ticket)):
                    found[model, part] = (at, facts)
        return found

    @api.private
    def _freeze_file(self, at):
        """Freeze what the file has by now; what is frozen as it is stays one row.

        :param at: naive UTC
        """
        self.ensure_one()
        known = {}
        for part in self.part_ids:
            known.setdefault((part.res_model, part.res_id), []).append(part)
        rows = []
        for (model, part_id), (when, facts) in self._parts_now().items():
            parts = known.get((model, part_id), ())
            if any(p.hash == fingerprint(p.salt, facts) for p in parts):
                continue
            salt = secrets.token_hex(16)
            rows.append(
                {
                    "complaint_id": self.id,
                    "company_id": self.company_id.id,
                    "frozen_at": at,
                    "at": when,
                    "res_model": model,
                    "res_id": part_id,
                    "salt": salt,
                    "hash": fingerprint(salt, facts),
                }
            )
        self.env["vip.complaint.part"].create(rows)
