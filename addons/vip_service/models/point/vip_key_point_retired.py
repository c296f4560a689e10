from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import AGENT_GROUP
from odoo.addons.vip_base.tools.times import event_time

#: Models of key points that people made; they retire by themselves.
MADE = ("vip.client.hint", "vip.key.point.rule")


class VipKeyPointRetired(models.Model):
    """A key point that is not shown of a client: nobody acted on it, done, or wrong."""

    _name = "vip.key.point.retired"
    _description = "Retired Key Point"
    _order = "at desc, id desc"
    _rec_name = "text"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="restrict", readonly=True
    )
    key = fields.Char(required=True, readonly=True)
    text = fields.Char(string="Key point", compute="_compute_text")
    why = fields.Selection(
        [
            ("unheeded", "Nobody acted on it"),
            ("done", "Said to be done"),
            ("wrong", "Said to be wrong"),
        ],
        required=True,
        readonly=True,
    )
    at = fields.Datetime(string="Since", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Said by", ondelete="restrict", readonly=True
    )
    rests_until = fields.Datetime(
        string="Until", readonly=True, help="Then it is shown again, if it still holds."
    )
    again_at = fields.Datetime(string="Taken up again at", readonly=True)
    again_by_id = fields.Many2one(
        "res.users", string="Taken up again by", ondelete="restrict", readonly=True
    )

    _open = models.UniqueIndex("(partner_id, company_id, key) WHERE again_at IS NULL")

    @api.depends("key")
    @api.depends_context("lang")
    def _compute_text(self):
        labels = self.env["res.partner"]._key_point_kinds()
        for one in self:
            kind, _colon, about = (one.key or "").partition(":")
            model, _comma, number = about.partition(",")
            text = labels.get(kind)
            if model in MADE:
                # As superuser: a key point is shown to whoever may read the client.
                record = self.env[model].sudo().browse(int(number)).exists()
                text = record.display_name
            one.text = text or kind

    @api.model
    def _hides_sql(self, at):
        """Return the condition that a row hides its key point at an instant."""
        return SQL(
            "r.again_at IS NULL AND (r.rests_until IS NULL OR r.rests_until > %s)", at
        )

    @api.model
    def _retire_said(self, client, key, outcome, at, rests_until):
        """Let a key point rest that somebody said to be done or wrong."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO vip_key_point_retired
                       (partner_id, company_id, key, why, at, user_id, rests_until)
                VALUES (%s, %s, %s, %s, %s, %s, %s)
                    ON CONFLICT (partner_id, company_id, key) WHERE again_at IS NULL
                    DO UPDATE SET why = EXCLUDED.why, at = EXCLUDED.at,
                       user_id = EXCLUDED.user_id, rests_until = EXCLUDED.rests_until
                """,
                *(client.id, self.env.company.id, key, outcome, at),
                *(self.env.uid, rests_until),
            )
        )
        self.invalidate_model()

    @api.model
    def _retire_unheeded(self, client, keys, most, at):
        """Let those retire that were shown ``most`` times since anybody acted on them."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO vip_key_point_retired
                       (partner_id, company_id, key, why, at)
                SELECT s.partner_id, s.company_id, s.key, 'unheeded', %(at)s
                  FROM vip_key_point_showing s
                 WHERE s.partner_id = %(client)s AND s.company_id = %(company)s
                   AND s.key = ANY(%(keys)s)
                   AND s.at > GREATEST(
                       (SELECT max(o.at) FROM vip_key_point_outcome o
                         WHERE o.partner_id = s.partner_id AND o.key = s.key
                           AND o.company_id = s.company_id),
                       (SELECT max(r.again_at) FROM vip_key_point_retired r
                         WHERE r.partner_id = s.partner_id AND r.key = s.key
                           AND r.company_id = s.company_id), '-infinity')
                 GROUP BY s.partner_id, s.company_id, s.key
                HAVING count(*) >= %(most)s
                    ON CONFLICT DO NOTHING
                """,
                at=at,
                client=client.id,
                company=self.env.company.id,
                keys=keys,
                most=most,
            )
        )
        self.invalidate_model()

    def action_take_up(self):
        """Show it again from now on, where it still holds.

        :raise AccessError: for who only reads
        """
        self.check_access("read")
        if not self.env.user.has_group(AGENT_GROUP):
            raise AccessError(self.env._("Who only reads takes nothing up again."))
        # As superuser: checked above; it is retired and taken up here only.
        self.sudo().filtered(lambda one: not one.again_at).write(
            {"again_at": event_time(self.env), "again_by_id": self.env.uid}
        )
        return True

    @api.model
    def _drop_doubles(self, sources, client):
        """Forget of clients that are merged what is retired of both."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM vip_key_point_retired s USING vip_key_point_retired k
                 WHERE s.partner_id = ANY(%(sources)s) AND k.company_id = s.company_id
                   AND (k.partner_id = %(client)s
                        OR k.partner_id = ANY(%(sources)s) AND k.id < s.id)
                   AND k.key = s.key AND k.again_at IS NULL AND s.again_at IS NULL
                """,
                sources=sources.ids,
                client=client.id,
            )
        )
        self.invalidate_model()
