from odoo import api, fields, models
from odoo.tools import SQL


class VipKeyPointShowing(models.Model):
    """That a key point of a client was shown to somebody: once for each day."""

    _name = "vip.key.point.showing"
    _description = "Showing of a Key Point"
    _order = "at desc, id desc"
    _rec_name = "key"
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="restrict", readonly=True
    )
    key = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="To", required=True, ondelete="restrict", readonly=True
    )
    day = fields.Date(required=True, readonly=True)
    at = fields.Datetime(string="First at", required=True, readonly=True)

    _once = models.UniqueIndex("(partner_id, company_id, key, user_id, day)")

    @api.model
    def _note(self, client, keys, day, at):
        """Write down that key points were shown to the present user; one statement."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO vip_key_point_showing
                       (partner_id, company_id, key, user_id, day, at)
                SELECT %s, %s, key, %s, %s, %s FROM unnest(%s::varchar[]) AS key
                    ON CONFLICT DO NOTHING
                """,
                *(client.id, self.env.company.id, self.env.uid, day, at, keys),
            )
        )
        self.invalidate_model()

    @api.model
    def _drop_doubles(self, sources, client):
        """Forget of clients that are merged what was shown of both on one day."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM vip_key_point_showing s USING vip_key_point_showing k
                 WHERE s.partner_id = ANY(%(sources)s) AND k.company_id = s.company_id
                   AND (k.partner_id = %(client)s
                        OR k.partner_id = ANY(%(sources)s) AND k.id < s.id)
                   AND k.key = s.key AND k.user_id = s.user_id AND k.day = s.day
                """,
                sources=sources.ids,
                client=client.id,
            )
        )
        self.invalidate_model()
