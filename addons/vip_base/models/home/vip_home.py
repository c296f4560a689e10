import logging
import time

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.groups import (
    ADMIN_GROUP,
    ADVISER_GROUP,
    AGENT_GROUP,
    AUDITOR_GROUP,
    MANAGER_GROUP,
)
from ...tools.shared import share, shared
from ...tools.tile import CARETAKERS, Counted, note, rows_tile

_logger = logging.getLogger(__name__)

#: The roles that have a home; of several of one person the last wins.
ROLES = {
    "agent": AGENT_GROUP,
    "adviser": ADVISER_GROUP,
    "manager": MANAGER_GROUP,
    "auditor": AUDITOR_GROUP,
    "admin": ADMIN_GROUP,
}
#: What stops the whole page: it is asked for again, as the server does.
RETRIED = (psycopg2.OperationalError, psycopg2.errors.ReadOnlySqlTransaction)


class VipHome(models.AbstractModel):
    """The page on which a role starts: numbers, each of which opens its rows.

    Addons add tiles (`_tiles`) and the methods that these name. A tile that fails says so
    and leaves the others alone. All that domains can say is counted by one query, so that
    the page costs little whatever adds to it.
    """

    _name = "vip.home"
    _description = "Home of a Role"

    # To be extended

    @api.model
    def _buttons(self, role):
        """Return what a role begins from its home: (label, model)."""
        return []

    @api.model
    def _changes_at(self, role):
        """Return when what a home shows changes though nobody does anything, or None.

        Naive UTC; the page is read again then.
        """
        return None

    @api.model
    def _read_along(self):
        """Return {key: ``SELECT`` of one JSON value} that is read with the numbers; a door.

        Found by that key in :meth:`_found_along`, where numbers are counted together.
        """
        return {}

    @api.model
    def _tiles(self):
        """Return the tiles of all roles (``tools/tile.py``), in any order."""
        return [
            *self._decision_tiles(),
            rows_tile(
                "vip_base/failing_jobs",
                self.env._("Failing jobs"),
                "vip.failing.job",
                self._failing_jobs,
                roles=CARETAKERS,
                oldest="failing_since",
                tone="soon",
                empty=self.env._("all scheduled jobs run"),
                sequence=30,
            ),
        ]

    @api.model
    def _failing_jobs(self):
        return Domain.TRUE

    @api.model
    def _cards(self):
        """Return {key: its title} of the cards in which tiles are lines."""
        return {"decisions": self.env._("Decisions waiting")}

    @api.model
    def _role_labels(self):
        return {
            "agent": self.env._("Service agent"),
            "adviser": self.env._("Adviser"),
            "manager": self.env._("Service manager"),
            "auditor": self.env._("Auditor"),
            "admin": self.env._("Administrator"),
        }

    # Where people start

    @api.model
    def _roles(self):
        """Return the roles of the current user, the one that wins last."""
        return [role for role, group in ROLES.items() if self.env.user.has_group(group)]

    @api.model
    def _start_action_id(self):
        """Return the id of the action on which the current user starts, or False."""
        # As superuser: how the company works, whoever starts.
        if not self.env.user.company_id.sudo().vip_home or not self._roles():
            return False
        first = self.env["vip.first.hour"]._is_start()
        action = "vip_first_hour_action" if first else "vip_home_action"
        return self.env["ir.model.data"]._xmlid_to_res_id(f"vip_base.{action}")

    # The page

    @api.model
    @api.readonly
    def page(self, role=None, alone=False):
        """Return what the page of a role shows: that of the highest if none is given.

        :param alone: count each tile by a query of its own, to tell how long it takes
        :raise AccessError: the user does not have this role
        """
        roles = self._roles()
        role = self._checked(role, roles)
        self = share(self)
        labels = self._role_labels()
        tiles = self._shown(role)
        cards = self._cards()
        counted = self._count([tile for tile in tiles if not tile.later], alone)
        counted |= {
            tile.key: self._uncounted(later=True) for tile in tiles if tile.later
        }
        self._counted().update(counted)
        return {
            "role": role,
            "roles": [{"key": key, "label": labels[key]} for key in roles],
            "panels": self._panels_told(role),
            "buttons": [
                {"label": label, "model": model} for label, model in self._buttons(role)
            ],
            "until": fields.Datetime.to_string(self._changes_at(role) or False),
            "tiles": [
                self._told(tile, counted[tile.key]) for tile in tiles if not tile.card
            ],
            "cards": [
                {
                    "key": key,
                    "label": cards[key],
                    "lines": [
                        self._told(tile, counted[tile.key])
                        for tile in tiles
                        if tile.card == key
                    ],
                }
                for key in dict.fromkeys(tile.card for tile in tiles if tile.card)
            ],
        }

    @api.model
    def open_tile(self, role, key):
        """Return the action that shows exactly the rows that a tile counts.

        :raise AccessError: the user does not have this role
        :raise UserError: there is no such tile (any more)
        """
        role = self._checked(role, self._roles())
        tile = next((tile for tile in self._shown(role) if tile.key == key), None)
        if not tile:
            raise UserError(self.env._("This number is not on the page any more."))
        if tile.opened:
            return tile.opened()
        action = self.env["ir.actions.act_window"]._for_xml_id(tile.action)
        # No filter of the window's own: these rows, no others.
        return {
            **action,
            "name": tile.label,
            "display_name": tile.label,
            "domain": list(self._base(tile) & self._rows(tile)),
            "context": {},
        }

    @api.model
    def _checked(self, role, roles):
        if not roles or (role and role not in roles):
            raise AccessError(self.env._("You do not have this role."))
        return role or roles[-1]

    @api.model
    def _shown(self, role):
        """Return the tiles of a role that the current user may see, in order."""
        tiles = [
            tile
            for tile in self._tiles()
            if role in tile.roles and self.env[tile.model].has_access("read")
        ]
        return sorted(tiles, key=lambda tile: (tile.sequence, tile.key))

    @api.model
    def _told(self, tile, counted):
        return {
            "key": tile.key,
            "label": tile.label,
            "empty": tile.empty,
            **counted,
            "tone": counted.get("tone") or tile.tone or False,
        }

    # Counting

    @api.model
    def _savepoint(self):
        """Return where the page goes back to when a part of it fails.

        Not released: nothing is written here, and it goes with the transaction.
        """
        return shared(self.env, "vip_base/savepoint", self.env.cr.savepoint)

    @api.model
    def _counted(self):
        """Return what was counted on the page that is being made: as :meth:`_count`."""
        return shared(self.env, "vip_base/counted", dict)

    @api.model
    def _found_along(self):
        """Return {key: value} of what was read with the numbers of this page."""
        return shared(self.env, "vip_base/along", dict)

    @api.model
    def _count(self, tiles, alone=False):
        """Return {key: {"count", "text", "notes", "oldest", "seconds", "failed"}} of tiles.

        ``seconds``: how long it took to count the tile and those counted with it.
        """
        counted = {}
        savepoint = self._savepoint()
        for batch in self._batches(tiles, alone):
            found = self._count_batch(batch, savepoint)
            if found is None:
                # One of them fails: the others stand.
                found = {}
                for tile in batch:
                    one = self._count_batch([tile], savepoint)
                    found.update(one or {tile.key: self._failure()})
            counted.update(found)
        return counted

    @api.model
    def _batches(self, tiles, alone):
        together = [tile for tile in tiles if not (alone or tile.counted)]
        single = [[tile] for tile in tiles if alone or tile.counted]
        return [*filter(None, [together]), *single]

    @api.model
    def _failure(self):
        return self._uncounted(failed=True)

    @api.model
    def _uncounted(self, failed=False, later=False):
        nothing = {"count": 0, "text": False, "notes": [], "oldest": False}
        return {**nothing, "seconds": 0, "failed": failed, "later": later}

    @api.model
    def _count_batch(self, tiles, savepoint):
        """Return what :meth:`_count` returns of tiles of one batch; None if it fails."""
        started = time.monotonic()
        try:
            rows = list(self._rows_counted(tiles))
        except RETRIED:
            raise
        except Exception:
            savepoint.rollback()
            if len(tiles) == 1:
                _logger.exception("The tile %s could not be counted", tiles[0].key)
            return None
        seconds = round(time.monotonic() - started, 4)
        return {
            tile.key: {**told, "seconds": seconds, "failed": False, "later": False}
            for tile, told in rows
        }

    @api.model
    def _rows_counted(self, tiles):
        """Yield (tile, what is told of its rows) of tiles of one batch."""
        if tiles[0].counted:
            yield tiles[0], self._told_of_number(tiles[0].counted())
            return
        by_part = {}
        for tile in tiles:
            by_part.setdefault(tile.part, []).append(tile)
        parts = list(by_part.values())
        selects = [self._select(part, number) for number, part in enumerate(parts)]
        along = list(self._read_along().items())
        selects += [
            SQL("SELECT %s, NULL, NULL, (%s)", number, select)
            for number, (_key, select) in enumerate(along, len(parts))
        ]
        for number, *values in self.env.execute_query(
            SQL(" UNION ALL ").join(SQL("(%s)", select) for select in selects)
        ):
            if number >= len(parts):
                key, _select = along[number - len(parts)]
                self._found_along()[key] = values[-1]
                continue
            for tile, *of_tile in zip(parts[number], *values, strict=True):
                yield tile, self._told_of_rows(tile, *of_tile)

    @api.model
    def _told_of_number(self, found):
        counted = found if isinstance(found, Counted) else Counted(found)
        return {
            "count": counted.count,
            "text": counted.text or False,
            "notes": list(counted.notes),
            "oldest": False,
            "tone": counted.tone,
        }

    @api.model
    def _told_of_rows(self, tile, count, oldest, sums):
        total, *of_parts = sums
        return {
            "count": count,
            "text": False,
            "total": total or 0 if tile.total else False,
            "notes": [
                note(part.text(value), part.tone)
                for part, value in zip(tile.parts, of_parts, strict=True)
                if value
            ],
            "oldest": fields.Datetime.to_string(oldest) or False,
        }

    @api.model
    def _select(self, tiles, number):
        """Return the SQL that counts tiles of one model within the same domain.

        What says which rows a tile counts is asked once of each row, however much is told
        of them.

        :return: SQL of one row: ``number``, array of counts, array of timestamps, JSON
            array of the sums of each
        """
        model = self.env[tiles[0].model]
        alone = len(tiles) == 1
        base = self._base(tiles[0])
        query = model._search(base & self._rows(tiles[0]) if alone else base)
        columns, counts, oldest, sums = [], [], [], []

        def column(sql):
            name = SQL.identifier(f"c{len(columns)}")
            columns.append(SQL("%s AS %s", sql, name))
            return name

        for tile in tiles:
            rows = (
                SQL("TRUE")
                if alone
                else column(self._condition(self._rows(tile), model, query))
            )
            counts.append(SQL("count(*) FILTER (WHERE %s)", rows))
            since = SQL("NULL::timestamp")
            if tile.oldest:
                since = column(model._field_to_sql(query.table, tile.oldest, query))
            oldest.append(SQL("min(%s) FILTER (WHERE %s)", since, rows))
            sums.append(self._select_sums(tile, rows, model, query, column))
        return SQL(
            "SELECT %s AS part, ARRAY[%s]::bigint[], ARRAY[%s]::timestamp[],"
            " jsonb_build_array(%s) FROM (%s OFFSET 0) r",
            number,
            SQL(", ").join(counts),
            SQL(", ").join(oldest),
            SQL(", ").join(sums),
            query.select(*columns) if columns else query.select(SQL("1")),
        )

    @api.model
    def _select_sums(self, tile, rows, model, query, column):
        """Return the SQL of a JSON array: the total of a tile, what is found of its parts.

        :param rows: SQL of whether a row is counted
        :param column: returns the name under which the SQL given to it is read of a row
        """
        found = [SQL("NULL")]
        if tile.total:
            total = column(model._field_to_sql(query.table, tile.total, query))
            found = [SQL("sum(%s) FILTER (WHERE %s)", total, rows)]
        for part in tile.parts:
            which = column(self._condition(Domain(part.which()), model, query))
            what = SQL("count(*)")
            if part.total:
                total = column(model._field_to_sql(query.table, part.total, query))
                what = SQL("sum(%s)", total)
            found.append(SQL("%s FILTER (WHERE %s AND %s)", what, rows, which))
        return SQL("jsonb_build_array(%s)", SQL(", ").join(found))

    @api.model
    def _condition(self, rows, model, query):
        return rows.optimize_full(model)._to_sql(model, query.table, query)

    @api.model
    def _base(self, tile):
        return Domain(tile.among()) if tile.among else Domain.TRUE

    @api.model
    def _rows(self, tile):
        return Domain(tile.which())
