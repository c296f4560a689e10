from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import written_amount

from ...tools.figures_sql import known_sql
from ..contact.noting import COUNTS

#: So many lines of the story of then, and of what was known later, are shown.
LINES, LATER = 100, 50


class ResPartner(models.Model):
    """The client's page as it was known at the end of a past day; it only tells.

    Tiers, figures, contacts and answers as they had been recorded by then; and what we
    know today of that day, but did not know then.
    """

    _inherit = "res.partner"

    def client_360_known(self, day):
        """Return the page as it was known at the end of ``day``.

        :param day: a past date of the company, as text
        :return: as :meth:`client_360`, with ``known_on``
        :raise AccessError: people outside the service
        :raise UserError: that is no past day
        """
        client = self._client_360_client()
        day = client._known_day(day)
        at = client._known_until(day)
        memberships = client._known_memberships(at)
        sections = [
            client._known_section(key, title, sequence, data)
            for key, title, sequence, data in client._known_parts(day, at, memberships)
        ]
        return {
            "partner": client._known_header(day, at, memberships),
            "sections": sections,
            "known_on": fields.Date.to_string(day),
        }

    @api.model
    def _known_day(self, text):
        try:
            day = fields.Date.to_date(text)
        except (TypeError, ValueError):
            day = None
        if not day or day >= self._client_360_today():
            raise UserError(self.env._("Choose a day that is over."))
        return day

    @api.model
    def _known_until(self, day):
        """Return the last instant of a day of the company, naive UTC."""
        zone = pytz.timezone(self.env.company._vip_zone())
        midnight = fields.Datetime.to_datetime(day + timedelta(days=1))
        return zone.localize(midnight).astimezone(pytz.utc).replace(
            tzinfo=None
        ) - timedelta(microseconds=1)

    def _known_parts(self, day, at, memberships):
        """Yield (key, title, sequence, data) of the sections of then."""
        visible = self._client_360_money_visible()
        yield (
            "known_later",
            self.env._("Known today, not then"),
            5,
            {"items": self._known_later(day, at, memberships)},
        )
        if visible:
            figures = {
                **self._client_360_figures(known_at=at, day=day),
                "memberships": memberships,
            }
            yield (
                "activity",
                self.env._("Twelve months"),
                20,
                self._activity_of(figures, day),
            )
        yield "tiers", self.env._("Tiers"), 40, self._known_tiers(memberships)
        yield from self._known_parts_of_service(day, at, memberships)
        story = self._client_story(limit=LINES, known_at=at)
        yield "story", self.env._("Story until then"), 35, {**story, "next": False}

    @api.model
    def _known_section(self, key, title, sequence, data):
        section = {"key": key, "title": title, "sequence": sequence}
        return {**section, "lazy": False, "data": data}

    # Who the client was

    def _known_header(self, day, at, memberships):
        tier, since = self._known_tier(memberships, day)
        last = self._known_last_contact(at)
        labels = dict(self._fields["client_type"]._description_selection(self.env))
        return {
            "id": self.id,
            "name": self.name or "",
            "number": self.client_number,
            "type": self.client_type,
            "type_label": labels.get(self.client_type, False),
            "tier": tier._client_360_badge() if tier else False,
            "tier_since": since,
            "last_contact": last,
            "badges": [],
            "buttons": [],
        }

    def _known_memberships(self, at):
        """Return the memberships as they were known, as :meth:`_client_360_figures`."""
        known = self.env["vip.tier.membership"]._as_known(self, self.env.company, at)
        return [
            {
                "tier_id": tier.id,
                "date_from": fields.Date.to_string(first),
                "date_to": fields.Date.to_string(end) if end else None,
            }
            for first, end, tier in known
        ]

    def _known_tier(self, memberships, day):
        """Return the tier of a day by these memberships, and since when."""
        text = fields.Date.to_string(day)
        for one in memberships:
            if one["date_from"] <= text and (
                not one["date_to"] or one["date_to"] > text
            ):
                # As superuser: the tiers are no secret in the service.
                return self.env["vip.tier"].sudo().browse(one["tier_id"]), one[
                    "date_from"
                ]
        return self.env["vip.tier"]._lowest(self.env.company, day), False

    def _known_last_contact(self, at):
        self.env["vip.contact"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT at, kind FROM vip_contact
                 WHERE partner_id = %s AND company_id = %s AND %s AND at <= %s
                   AND GREATEST(recorded_at, counts_since) <= %s
                 ORDER BY at DESC, id DESC LIMIT 1
                """,
                *(self.id, self.env.company.id, COUNTS, at, at),
            )
        )
        return bool(rows) and self._client_360_last(
            {"at": rows[0][0], "kind": rows[0][1]}, at
        )

    def _known_tiers(self, memberships):
        # As superuser: the tiers are no secret in the service.
        tiers = self.env["vip.tier"].sudo()
        return {
            "changes_readable": False,
            "proposal": False,
            "memberships": [
                {
                    "id": number,
                    "change_id": False,
                    "tier": tiers.browse(one["tier_id"])._client_360_badge(),
                    "date_from": one["date_from"],
                    "date_to": one["date_to"] or False,
                }
                for number, one in reversed(list(enumerate(memberships)))
            ],
        }

    # What is known today of that time, and was not then

    def _known_later(self, day, at, memberships):
        found = [*self._later_tier(day, memberships), *self._later_contacts(at)]
        if self._client_360_money_visible():
            found = [*self._later_figures(day, at), *found]
        return found[:LATER]

    def _later_figures(self, day, at):
        """Yield figures of months up to that day that are others today."""
        self.env["vip.activity"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT f.metric_id, f.month,
                       sum(f.value_company) FILTER (WHERE %(then)s) AS was,
                       sum(f.value_company) FILTER (WHERE %(now)s) AS is_now,
                       max(f.recorded_at) AS recorded_at
                  FROM vip_activity f
                 WHERE f.company_id = %(company)s AND f.partner_id = %(client)s
                   AND f.month <= %(day)s
                 GROUP BY f.metric_id, f.month
                HAVING sum(f.value_company) FILTER (WHERE %(then)s)
                       IS DISTINCT FROM sum(f.value_company) FILTER (WHERE %(now)s)
                   AND max(f.recorded_at) > %(at)s
                 ORDER BY f.month DESC, f.metric_id
                """,
                then=known_sql(at),
                now=known_sql(None),
                company=self.env.company.id,
                client=self.id,
                day=day,
                at=at,
            )
        )
        metrics = self.env["vip.metric"]
        code = self._client_360_currency().name
        for metric_id, month, was, now, recorded_at in rows:
            metric = metrics.browse(metric_id)
            money = code if metric.unit == "money" else None
            amounts = [
                self.env._("not known")
                if value is None
                else written_amount(self.env, float(value), money)
                for value in (was, now)
            ]
            yield {
                "key": f"figure,{metric_id},{month}",
                "kind": "figure",
                "metric": metric.name,
                "month": fields.Date.to_string(month),
                "was": amounts[0],
                "now": amounts[1],
                "recorded_at": fields.Datetime.to_string(recorded_at),
            }

    def _later_tier(self, day, memberships):
        """Yield the tier of that day, where it is another one by what is known today."""
        now = self._known_memberships(event_time(self.env))
        was, _since = self._known_tier(memberships, day)
        is_now, _since = self._known_tier(now, day)
        if was != is_now:
            yield {
                "key": "tier",
                "kind": "tier",
                "was": was.name,
                "now": is_now.name,
                "recorded_at": False,
            }

    def _later_contacts(self, at):
        """Yield contacts of that time that became known later, of those one may read."""
        contacts = self.env["vip.contact"]
        if not contacts.has_access("read"):
            return
        query = contacts._search(
            [("partner_id", "=", self.id), ("at", "<=", at)], order="at desc, id desc"
        )
        query.add_where(COUNTS)
        known = SQL(
            "GREATEST(%s, %s)",
            SQL.identifier(query.table, "recorded_at"),
            SQL.identifier(query.table, "counts_since"),
        )
        query.add_where(SQL("%s > %s", known, at))
        query.limit = LATER
        kinds = dict(contacts._fields["kind"]._description_selection(self.env))
        rows = self.env.execute_query(
            query.select(
                SQL.identifier(query.table, "id"),
                SQL.identifier(query.table, "kind"),
                SQL.identifier(query.table, "at"),
                known,
            )
        )
        for contact_id, kind, happened_at, recorded_at in rows:
            yield {
                "key": f"contact,{contact_id}",
                "kind": "contact",
                "id": contact_id,
                "text": kinds[kind],
                "at": fields.Datetime.to_string(happened_at),
                "recorded_at": fields.Datetime.to_string(recorded_at),
            }
