from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.panel import MAIN, SIDE, Panel
from odoo.addons.vip_base.tools.shared import shared
from odoo.addons.vip_base.tools.tile import ADVISERS

#: So many clients stand in a list of a home; the number above opens all.
SHOWN = 6


class VipHome(models.AbstractModel):
    """Clients of an adviser who may fall, and those who are close to rising."""

    _inherit = "vip.home"

    @api.model
    def _clients_panels(self):
        return [
            *(
                Panel(
                    key=f"vip_service/{name}",
                    label=label,
                    roles=ADVISERS,
                    component="vip_service/clients",
                    load=load,
                    place=place,
                    model="vip.tier.outlook",
                    # Judges all clients of the adviser.
                    later=True,
                    sequence=sequence,
                )
                for name, label, load, place, sequence in (
                    ("falling", self.env._("At risk"), self._falling_shown, MAIN, 20),
                    (
                        *("rising", self.env._("Close to rising")),
                        *(self._rising_shown, SIDE, 30),
                    ),
                )
            ),
        ]

    @api.model
    def _count_falling(self):
        return len(self._outlook()["falling"])

    @api.model
    def _count_rising(self):
        return len(self._outlook()["rising"])

    @api.model
    def _falling_shown(self):
        return self._shown_clients("falling")

    @api.model
    def _rising_shown(self):
        return self._shown_clients("rising")

    @api.model
    def _shown_clients(self, name):
        rows = self._outlook()[name]
        if not rows:
            return None
        tile = f"vip_service/{name}"
        return {"rows": rows[:SHOWN], "count": len(rows), "tile": tile, "kind": name}

    @api.model
    def _outlook(self):
        """Return ``{"falling": rows, "rising": rows}`` of own clients; one query.

        Who is nearest to a fall, or to the next tier, comes first.
        """
        return shared(self.env, "vip_service/outlook", self._read_outlook)

    @api.model
    def _read_outlook(self):
        outlook = self.env["vip.tier.outlook"]
        query = outlook._search(
            Domain.OR([self._my_falling_clients(), self._my_rising_clients()])
        )
        table, tiers = query.table, self.env["vip.tier"]
        client = query.left_join(table, "partner_id", "res_partner", "id", "client")
        tier = query.left_join(table, "tier_id", "vip_tier", "id", "tier")
        above = query.left_join(table, "next_tier_id", "vip_tier", "id", "above")
        columns = {
            "client_id": SQL.identifier(client, "id"),
            "client": SQL.identifier(client, "name"),
            "tier_id": SQL.identifier(tier, "id"),
            "tier": tiers._field_to_sql(tier, "name"),
            "above_id": SQL.identifier(above, "id"),
            "above": tiers._field_to_sql(above, "name"),
            **{
                name: outlook._field_to_sql(table, name, query)
                for name in ("at_risk", "close", "shortfalls", "grace_left", "percent")
            },
        }
        rows = self.env.execute_query_dict(
            query.select(
                *(
                    SQL("%s AS %s", sql, SQL.identifier(name))
                    for name, sql in columns.items()
                )
            )
        )
        told = [(row, self._outlook_row(row)) for row in rows]
        falling = [pair for pair in told if pair[0]["at_risk"]]
        rising = [pair for pair in told if pair[0]["close"]]
        falling.sort(key=lambda pair: (pair[0]["grace_left"], -pair[0]["shortfalls"]))
        rising.sort(key=lambda pair: -(pair[0]["percent"] or 0))
        return {
            "falling": [row for _found, row in falling],
            "rising": [row for _found, row in rising],
        }

    @api.model
    def _outlook_row(self, row):
        shades = self.env["vip.tier"]._shades()
        return {
            "client": {"id": row["client_id"], "name": row["client"]},
            **{
                name: row[f"{name}_id"]
                and {
                    "id": row[f"{name}_id"],
                    "name": row[name],
                    "shade": shades.get(row[f"{name}_id"], 0),
                }
                for name in ("tier", "above")
            },
            "shortfalls": row["shortfalls"],
            "grace_left": row["grace_left"],
            "percent": row["percent"] and float(row["percent"]),
        }
