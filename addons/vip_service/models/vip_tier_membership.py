from datetime import date
from operator import itemgetter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools import past_rows
from odoo.addons.vip_base.tools.times import event_time, free_periods

#: What a membership says; what it said before is kept.
SAID = (
    *("partner_id", "company_id", "tier_id", "date_from", "date_to", "change_id"),
    "recorded_at",
)


class VipTierMembership(models.Model):
    """Which tier a client had from when to when; no row means the lowest tier.

    Written here only: by tier changes that take effect, and by a merge of clients, which
    moves days from one to the other. What was known before is kept as well.
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
    recorded_at = fields.Datetime(
        string="Recorded at", readonly=True, help="Since when it is known as it is."
    )

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

    def init(self):
        """Make the database keep what memberships said before."""
        past_rows.keep(self.env.cr, self._table, SAID)

    @api.model
    def _apply_changes(self, changes, day, lowest, at):
        """Let the clients of ``changes`` (one company) have their new tier from ``day``.

        :param at: when that becomes known, naive UTC

        What began on the same day is replaced: the last decision of a day counts for it.
        Raises UserError when a client's membership already reaches beyond ``day``.
        """
        self.flush_model()
        # An override that keeps the tier leaves the membership as it is.
        changes = changes.filtered(lambda change: change.direction != "hold")
        self._check_nothing_later(changes, day)
        replaced = self.env.execute_query(
            SQL(
                """
                UPDATE vip_tier_membership m SET recorded_at = %s
                  FROM vip_tier_change c
                 WHERE c.id = ANY(%s) AND m.company_id = c.company_id
                   AND m.partner_id = c.partner_id AND m.date_from = %s
             RETURNING m.id
                """,
                at,
                changes.ids,
                day,
            )
        )
        self.env.cr.execute(
            SQL(
                "DELETE FROM vip_tier_membership WHERE id = ANY(%s)",
                [row[0] for row in replaced],
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_tier_membership m
                   SET date_to = %s, recorded_at = %s,
                       write_uid = %s, write_date = now() AT TIME ZONE 'UTC'
                  FROM vip_tier_change c
                 WHERE c.id = ANY(%s) AND m.company_id = c.company_id
                   AND m.partner_id = c.partner_id AND m.date_to IS NULL
                """,
                day,
                at,
                self.env.uid,
                changes.ids,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO vip_tier_membership (
                       company_id, partner_id, tier_id, date_from, change_id, recorded_at,
                       create_uid, create_date, write_uid, write_date)
                SELECT c.company_id, c.partner_id, c.to_tier_id, %s, c.id, %s,
                       %s, now() AT TIME ZONE 'UTC', %s, now() AT TIME ZONE 'UTC'
                  FROM vip_tier_change c
                 WHERE c.id = ANY(%s) AND c.to_tier_id <> %s
                """,
                day,
                at,
                self.env.uid,
                self.env.uid,
                changes.ids,
                lowest.id or 0,
            )
        )
        self.invalidate_model()
        self.env["res.partner"].invalidate_model(
            [
                *("vip_tier_id", "vip_tier_since"),
                *("vip_override_until", "vip_override_reason"),
            ]
        )

    @api.model
    def _as_known(self, client, company, at):
        """Return the memberships of a client as they were known at an instant.

        :param at: naive UTC
        :return: [(first day, first day that is no longer covered or None, tier)]
        """
        self.check_access("read")
        # As superuser: what memberships said, to those who may read memberships.
        found = (
            self.env["vip.past.row"]
            .sudo()
            ._known(*(self, SAID, at), partner_id=client.id, company_id=company.id)
        )
        return [
            (
                date.fromisoformat(said["date_from"]),
                said["date_to"] and date.fromisoformat(said["date_to"]),
                self.env["vip.tier"].browse(said["tier_id"]),
            )
            for said in sorted(found.values(), key=itemgetter("date_from"))
        ]

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
        known = {"recorded_at": event_time(self.env)}
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
                membership.write(known)
                membership.flush_recordset()
                membership.unlink()
            for place, (start, stop) in enumerate(free):
                values = {
                    "partner_id": client.id,
                    "date_from": start,
                    "date_to": stop or False,
                    **known,
                }
                if not place:
                    membership.write(values)
                else:
                    # A tier around one of the client's own goes on after it.
                    membership.copy(values)
