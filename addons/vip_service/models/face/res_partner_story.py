from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.links import record_link

from ...tools.story import StoryPart
from ..answer.vip_answer import SATISFIED
from ..contact.noting import COUNTS

#: Lines of a page, and at most.
PAGE = 20
MOST = 100
CONTACT_ICONS = {
    "message": "fa-comment-o",
    "email": "fa-envelope-o",
    "call": "fa-phone",
    "visit": "fa-handshake-o",
    "chat": "fa-comments-o",
}


class ResPartner(models.Model):
    """The story of a client: what happened, the newest first, from all addons."""

    _inherit = "res.partner"

    def _client_360_story(self):
        return self._client_story()

    def client_story(self, after=False, groups=False, words=False):
        """Return the page of the story that follows the place ``after``.

        :param after: what the page before gives as ``next``
        :param groups: only lines of these, such as ``["words", "tier"]``
        :param words: only lines that say all of these
        :raise AccessError: people outside the service
        :raise UserError: there is no such place
        """
        client = self._client_360_client()
        place = self._story_place(after)
        return client._client_story(place, groups=groups, words=words)

    def _client_story(self, after=None, limit=PAGE, **asked):
        """Return one page of the story: ``lines``, and ``next``: False at its end.

        Lines of all addons, merged by time. One query, however long the story is: each
        part reads its newest lines below the place, by the reader's rights.

        :param after: place of the last line above, see :class:`StoryPart`
        :param asked: ``groups``: only parts of these; ``words``: only lines whose texts say
            all of these; ``known_at``: as it was known then (naive UTC)
        """
        self.ensure_one()
        groups, words = asked.get("groups"), asked.get("words")
        words = words.strip() if isinstance(words, str) else None
        parts = {
            part.kind: part
            for part in self._client_story_parts()
            if (not groups or part.group in groups) and (not words or part.searched)
        }
        if not parts:
            return {"lines": [], "next": False}
        rows = self.env.execute_query(
            SQL(
                "SELECT * FROM (%s) line ORDER BY at DESC, kind, id DESC LIMIT %s",
                SQL(" UNION ALL ").join(
                    SQL(
                        "(%s)",
                        part.select(after, limit + 1, words, asked.get("known_at")),
                    )
                    for part in parts.values()
                ),
                limit + 1,
            )
        )
        lines = [self._story_line(parts[row[1]], *row) for row in rows[:limit]]
        more = len(rows) > limit and rows[limit - 1]
        return {
            "lines": lines,
            "next": [more[0].isoformat(" "), more[1], more[2]] if more else False,
        }

    # The door

    def _client_story_parts(self):
        """Return the :class:`StoryPart` objects of this client's story; a door.

        An addon adds its own. What the present user may not read of a model is left out,
        and a model that is closed to him altogether is no part.
        """
        self.ensure_one()
        makers = (
            self._story_opened,
            self._story_closed,
            self._story_contacts,
            self._story_tiers,
            self._story_tiers_ended,
            self._story_answers,
            self._story_rights,
        )
        return [part for make in makers for part in make()]

    # What we know of it here

    def _story_requests(self):
        """Return the tickets of the client and what a line says of one."""
        tickets = self.env["helpdesk.ticket"]
        query = tickets._search([("commercial_partner_id", "=", self.id)])
        columns = {
            name: tickets._field_to_sql(query.table, name, query)
            for name in ("number", "name")
        }
        return tickets, query, columns

    def _story_opened(self):
        tickets, query, columns = self._story_requests()
        yield StoryPart(
            "opened",
            query,
            tickets._field_to_sql(query.table, "opened_at", query),
            lambda row: {
                "text": self.env._("Asked: %s", row["name"]),
                "note": row["number"],
                "link": record_link("helpdesk.ticket", row["id"]),
            },
            columns,
            icon="fa-ticket",
            group="requests",
            searched=tuple(columns.values()),
        )

    def _story_closed(self):
        tickets, query, columns = self._story_requests()
        closed = tickets._field_to_sql(query.table, "closed_date", query)
        query.add_where(SQL("%s IS NOT NULL", closed))
        yield StoryPart(
            "closed",
            query,
            closed,
            lambda row: {
                "text": self.env._("Closed: %s", row["name"]),
                "note": row["number"],
                "link": record_link("helpdesk.ticket", row["id"]),
            },
            columns,
            icon="fa-check",
            group="requests",
            searched=tuple(columns.values()),
        )

    def _story_contacts(self):
        contacts = self.env["vip.contact"]
        if not contacts.has_access("read"):
            return
        query = contacts._search([("partner_id", "=", self.id)])
        query.add_where(COUNTS)
        table = query.table
        author = query.left_join(table, "author_id", "res_partner", "id", "author")
        ticket = query.left_join(table, "ticket_id", "helpdesk_ticket", "id", "ticket")
        kinds = dict(contacts._fields["kind"]._description_selection(self.env))

        def tell(row):
            said = (
                self.env._("%(kind)s by %(author)s")
                if row["outgoing"]
                else self.env._("%(kind)s from %(author)s")
            )
            text = said % {"kind": kinds[row["kind"]], "author": row["author"] or "?"}
            link = row["ticket_id"] and record_link("helpdesk.ticket", row["ticket_id"])
            return {
                "text": text,
                "note": row["number"] or row["note"],
                "link": link,
                "icon": CONTACT_ICONS[row["kind"]],
            }

        yield StoryPart(
            "contact",
            query,
            SQL.identifier(table, "at"),
            tell,
            {
                **{
                    name: SQL.identifier(table, name)
                    for name in ("kind", "outgoing", "note", "ticket_id")
                },
                "author": SQL.identifier(author, "name"),
                "number": SQL.identifier(ticket, "number"),
            },
            known=SQL(
                "GREATEST(%s, %s)",
                SQL.identifier(table, "recorded_at"),
                SQL.identifier(table, "counts_since"),
            ),
            group="words",
            searched=(
                SQL.identifier(table, "note"),
                SQL.identifier(author, "name"),
                SQL.identifier(ticket, "number"),
            ),
        )

    def _story_memberships(self, column):
        """Return the memberships of the client, the tier's name, and a day as instant."""
        memberships = self.env["vip.tier.membership"]
        query = memberships._search(
            [("partner_id", "=", self.id), ("company_id", "=", self.env.company.id)]
        )
        tier = query.left_join(query.table, "tier_id", "vip_tier", "id", "tier")
        columns = {"tier": self.env["vip.tier"]._field_to_sql(tier, "name")}
        day = SQL.identifier(query.table, column)
        query.add_where(SQL("%s <= %s", day, self._client_360_today()))
        return query, columns, self._story_day(day)

    def _story_membership_known(self, query):
        """Return the SQL of since when a membership is known as it is, or its first day."""
        return SQL(
            "COALESCE(%s, %s)",
            SQL.identifier(query.table, "recorded_at"),
            self._story_day(SQL.identifier(query.table, "date_from")),
        )

    def _story_tiers(self):
        query, columns, at = self._story_memberships("date_from")
        yield StoryPart(
            "tier",
            query,
            at,
            lambda row: {"text": self.env._("Tier from now on: %s", row["tier"])},
            columns,
            icon="fa-diamond",
            whole_day=True,
            known=self._story_membership_known(query),
            group="tier",
            searched=tuple(columns.values()),
        )

    def _story_tiers_ended(self):
        """Tell when a client came back to the lowest tier, of which there is no row."""
        query, columns, at = self._story_memberships("date_to")
        query.add_where(
            SQL(
                "NOT EXISTS (SELECT FROM vip_tier_membership n WHERE %s AND %s AND %s)",
                *(
                    SQL("n.%s = %s", SQL(name), SQL.identifier(query.table, other))
                    for name, other in (
                        ("partner_id", "partner_id"),
                        ("company_id", "company_id"),
                        ("date_from", "date_to"),
                    )
                ),
            )
        )
        yield StoryPart(
            "tier_ended",
            query,
            at,
            lambda row: {
                "text": self.env._("No longer %s: the lowest tier", row["tier"])
            },
            columns,
            icon="fa-diamond",
            whole_day=True,
            known=self._story_membership_known(query),
            group="tier",
            searched=tuple(columns.values()),
        )

    def _story_answers(self):
        answers = self.env["vip.answer"]
        if not answers.has_access("read"):
            return
        query = answers._search(
            [
                ("question_id.partner_id", "=", self.id),
                ("question_id.purpose", "=", "closing"),
                ("counts", "=", True),
            ]
        )
        question = query.left_join(
            query.table, "question_id", "vip_question", "id", "question"
        )
        ticket = query.left_join(
            question, "ticket_id", "helpdesk_ticket", "id", "ticket"
        )

        def tell(row):
            link = row["ticket_id"] and record_link("helpdesk.ticket", row["ticket_id"])
            return {
                "text": self.env._("Answered %s of 5", row["grade"]),
                "note": row["number"],
                "link": link,
                "tone": row["grade"] < SATISFIED and "warning",
            }

        yield StoryPart(
            "answer",
            query,
            SQL.identifier(query.table, "answered_at"),
            tell,
            {
                "grade": SQL.identifier(query.table, "grade"),
                "ticket_id": SQL.identifier(ticket, "id"),
                "number": SQL.identifier(ticket, "number"),
            },
            icon="fa-star-o",
            known=SQL.identifier(query.table, "recorded_at"),
            group="words",
            searched=(SQL.identifier(ticket, "number"),),
        )

    def _story_rights(self):
        uses = self.env["vip.entitlement.use"]
        query = uses._search([("partner_id", "=", self.id)])
        right = query.left_join(
            query.table, "entitlement_id", "vip_entitlement", "id", "entitlement"
        )
        yield StoryPart(
            "right",
            query,
            self._story_day(SQL.identifier(query.table, "date")),
            lambda row: {
                "text": self.env._("Right used: %s", row["right"]),
                "note": row["note"],
            },
            {
                "right": self.env["vip.entitlement"]._field_to_sql(right, "name"),
                "note": SQL.identifier(query.table, "note"),
            },
            icon="fa-gift",
            whole_day=True,
            known=SQL(
                "GREATEST(%s, %s)",
                self._story_day(SQL.identifier(query.table, "date")),
                SQL.identifier(query.table, "create_date"),
            ),
            group="rights",
            searched=(
                self.env["vip.entitlement"]._field_to_sql(right, "name"),
                SQL.identifier(query.table, "note"),
            ),
        )

    # Lines

    def _story_day(self, date):
        """Return the SQL of the beginning of a day of the company, in naive UTC."""
        return SQL(
            "(%s::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')",
            date,
            self.env.company._vip_zone(),
        )

    @api.model
    def _story_line(self, part, at, kind, line_id, data):
        told = part.tell({**data, "id": line_id})
        return {
            "key": f"{kind},{line_id}",
            "kind": kind,
            "at": fields.Datetime.to_string(at),
            "whole_day": part.whole_day,
            "icon": told.get("icon") or part.icon,
            "text": told["text"],
            "note": told.get("note") or False,
            "link": told.get("link") or False,
            "tone": told.get("tone") or False,
        }

    def _story_place(self, after):
        """Return a place in the story that comes from outside.

        :raise UserError: there is no such place
        """
        if not after:
            return None
        try:
            at, kind, line_id = after
            fields.Datetime.to_datetime(at)
            return str(at), str(kind), int(line_id)
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("There is no such place in the story.")
            ) from error
