from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import free_periods


class VipTierMembership(models.Model):
    """Which tier a client had from when to when; no row means the lowest tier.

    Written here only: by tier changes that take effect, and by a merge of clients, which
    moves days from one to the other.
    """

    _name = "vip.tier.membership"
    _description = "Tier Membership"
    _order = "date_from desc, id desc"
    _rec_name = "tier_id"

    company_id = fields.Many2one("res.company", required=True, ondelete="restrict")
    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, ondelete="restrict", index=True
    )
    tier_id = fields.Many2one("vip.tier", required=True, ondelete="restrict")
    date_from = fields.Date(string="Start date", required=True)
    date_to = fields.Date(
        string="End date", help="The first day that is no longer covered; empty: open."
    )
    change_id = fields.Many2one("vip.tier.change", ondelete="restrict")

    _period = models.Constraint(
        "CHECK (date_to > date_from)", "A membership ends after it began."
    )
    # Ranges of one integer compare by = in GiST without any database extension.
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist ("
        "int4range(company_id, company_id, '[]') WITH =, "
        "int4range(partner_id, partner_id, '[]') WITH =, "
        "daterange(date_from, date_to) WITH &&)",
        "A client has one tier at a time.",
    )
    _open = models.UniqueIndex("(company_id, partner_id) WHERE date_to IS NULL")

    @api.model
    def _apply_changes(self, changes, day, lowest):
        """Let the clients of ``changes`` (one company) have their new tier from ``day``.

        What began on the same day is replaced: the last decision of a day counts for it.
        Raises UserError when a client's membership already reaches beyond ``day``.
        """
        self.flush_model()
        # An override that keeps the tier leaves the membership as it is.
        changes = changes.filtered(lambda change: change.direction != "hold")
        self._check_nothing_later(changes, day)
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM vip_tier_membership m USING vip_tier_change c
                 WHERE c.id = ANY(%s) AND m.company_id = c.company_id
                   AND m.partner_id = c.partner_id AND m.date_from = %s
                """,
                changes.ids,
                day,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_tier_membership m
                   SET date_to = %s, write_uid = %s, write_date = now() AT TIME ZONE 'UTC'
                  FROM vip_tier_change c
                 WHERE c.id = ANY(%s) AND m.company_id = c.company_id
                   AND m.partner_id = c.partner_id AND m.date_to IS NULL
                """,
                day,
                self.env.uid,
                changes.ids,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO vip_tier_membership (
                       company_id, partner_id, tier_id, date_from, change_id,
                       create_uid, create_date, write_uid, write_date)
                SELECT c.company_id, c.partner_id, c.to_tier_id, %s, c.id,
                       %s, now() AT TIME ZONE 'UTC', %s, now() AT TIME ZONE 'UTC'
                  FROM vip_tier_change c
                 WHERE c.id = ANY(%s) AND c.to_tier_id <> %s
                """,
                day,
                self.env.uid,
                self.env.uid,
                changes.ids,
                lowest.id,
            )
        )
        self.invalidate_model()
        self.env["res.partner"].invalidate_model(
            [
                *("vip_tier_id", "vip_tier_since"),
                *("vip_override_until", "vip_override_reason"),
            ]
        )

    def _check_nothing_later(self, changes, day):
        later = self.env.execute_query(
            SQL(
                """
                SELECT p.complete_name
                  FROM vip_tier_change c
                  JOIN vip_tier_membership m
                    ON m.company_id = c.company_id AND m.partner_id = c.partner_id
                   AND (m.date_from > %s OR m.date_to > %s)
                  JOIN res_partner p ON p.id = c.partner_id
                 WHERE c.id = ANY(%s) LIMIT 1
                """,
                day,
                day,
                changes.ids,
            )
        )
        if later:
            raise UserError(
                self.env._(
                    "The tier of “%(client)s” was already decided for a day after "
                    "%(day)s.",
                    client=later[0][0],
                    day=day,
                )
            )

    @api.model
    def _move(self, source, client):
        """Give ``client`` the days of the source's memberships that it has no tier of."""
        for membership in self.search([("partner_id", "=", source.id)], order="id"):
            own = self.search(
                [
                    ("partner_id", "=", client.id),
                    ("company_id", "=", membership.company_id.id),
                ],
                order="date_from",
            )
            free = free_periods(
                membership.date_from,
                membership.date_to or None,
                [(row.date_from, row.date_to or None) for row in own],
            )
            if not free:
                membership.unlink()
            for place, (start, stop) in enumerate(free):
                values = {
                    "partner_id": client.id,
                    "date_from": start,
                    "date_to": stop or False,
                }
                if not place:
                    membership.write(values)
                else:
                    # A tier around one of the client's own goes on after it.
                    membership.copy(values)
