from datetime import datetime, time, timedelta

from pytz import UTC, timezone

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import first_day, month_name
from odoo.addons.vip_base.tools.written import written_amount, written_day

from ...tools.letter_part import LetterPart, Period

#: So many requests stand in a record, the newest; the sums are of all.
SHOWN = 200


class ResPartner(models.Model):
    """The service record of a client for a period: what was done, as its page tells it."""

    _inherit = "res.partner"

    def _letter_record(self, first, last):
        """Return the service record from a day to a day, both included."""
        client = self.with_context(lang=self._letter_lang())
        period = client._letter_period(first, last)
        parts = sorted(client._letter_parts(), key=lambda part: part.sequence)
        told = [(part, part.values(period)) for part in parts]
        return {
            **client._letter_head(),
            "first": first,
            "last": last,
            "parts": [
                {"title": part.title, "template": part.template, "values": values}
                for part, values in told
                if values
            ],
        }

    def _letter_parts(self):
        """Return the :class:`~..tools.letter_part.LetterPart` of all addons; a door."""
        self.ensure_one()
        parts = [
            LetterPart(
                key="tiers",
                title=self.env._("Tier"),
                template="vip_service.letter_part_tiers",
                values=self._letter_tiers,
                sequence=10,
            ),
            LetterPart(
                key="requests",
                title=self.env._("Requests"),
                template="vip_service.letter_part_requests",
                values=self._letter_requests,
                sequence=30,
            ),
            LetterPart(
                key="contacts",
                title=self.env._("Contacts"),
                template="vip_service.letter_part_contacts",
                values=self._letter_contacts,
                sequence=40,
            ),
            LetterPart(
                key="rights",
                title=self.env._("Rights used"),
                template="vip_service.letter_part_rights",
                values=self._letter_rights,
                sequence=50,
            ),
            LetterPart(
                key="answers",
                title=self.env._("What you told us"),
                template="vip_service.letter_part_answers",
                values=self._letter_answers,
                sequence=60,
            ),
        ]
        if self._client_360_money_visible():
            parts.append(
                LetterPart(
                    key="figures",
                    title=self.env._("Figures"),
                    template="vip_service.letter_part_figures",
                    values=self._letter_figures,
                    sequence=20,
                )
            )
        return parts

    def _letter_period(self, first, last):
        zone = timezone(self.env.company._vip_zone())

        def midnight(day):
            local = zone.localize(datetime.combine(day, time.min))
            return local.astimezone(UTC).replace(tzinfo=None)

        return Period(first, last, midnight(first), midnight(last + timedelta(days=1)))

    # Parts

    def _letter_tiers(self, period):
        """Return the tiers that the client held in the period, the newest first."""
        held = self.env["vip.tier.membership"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("partner_id", "=", self.id),
                ("date_from", "<=", period.last),
                "|",
                ("date_to", "=", False),
                ("date_to", ">", period.first),
            ],
            order="date_from desc",
        )
        return (
            {
                "rows": [
                    {
                        "name": one.tier_id.name,
                        "from": one.date_from,
                        "to": one.date_to and one.date_to - timedelta(days=1),
                    }
                    for one in held
                ]
            }
            if held
            else False
        )

    def _letter_figures(self, period):
        """Return the figures of the months that begin in the period, as on the page."""
        months, facts = self._letter_facts(period)
        metrics = self.env["vip.metric"].search(Domain.TRUE)
        metrics = metrics.filtered(
            lambda metric: any(key[0] == metric.id for key in facts)
        )
        code = self._client_360_currency().name

        def written(metric, value):
            if value is None:
                return "–"
            money = metric.unit == "money"
            return written_amount(self.env, value, code if money else None)

        return (
            {
                "metrics": metrics.mapped("name"),
                "rows": [
                    {
                        "month": month_name(self.env, month),
                        "values": [
                            written(m, facts.get((m.id, month))) for m in metrics
                        ],
                    }
                    for month in months
                ],
            }
            if facts
            else False
        )

    def _letter_facts(self, period):
        """Return (months in order, {(metric id, month): value}) of the period."""
        self.env["vip.activity"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT f.metric_id, f.month, sum(f.value_company)
                  FROM vip_activity f
                 WHERE f.company_id = %s AND f.partner_id = %s
                   AND f.superseded_at IS NULL AND f.month BETWEEN %s AND %s
                 GROUP BY f.metric_id, f.month
                """,
                self.env.company.id,
                self.id,
                first_day(period.first),
                period.last,
            )
        )
        factors = self._client_360_factors(rows)
        facts = {row[:2]: float(row[2]) * factors.get(row[:2], 1) for row in rows}
        return sorted({month for _metric, month in facts}), facts

    def _letter_requests(self, period):
        """Return the requests that were made in the period, and what became of them."""
        tickets = self.env["helpdesk.ticket"].search(
            self._letter_requested(period), order="opened_at desc, id desc"
        )
        if not tickets:
            return False
        shown = tickets[:SHOWN]
        notes = shown._letter_notes()
        closed = tickets.filtered("closed")
        sums = [
            (self.env._("Requests"), len(tickets)),
            (self.env._("Finished"), len(closed)),
        ]
        return {
            "sums": sums + tickets._letter_sums(),
            "rows": [
                {
                    "number": ticket.number,
                    "name": ticket.name,
                    "item": ticket.category_id.name or "",
                    "opened": self._letter_day(ticket.opened_at),
                    "closed": self._letter_day(ticket.closed and ticket.closed_date),
                    "note": notes.get(ticket.id, ""),
                }
                for ticket in shown
            ],
            "more": len(tickets) > SHOWN
            and self.env._("and %s more", len(tickets) - SHOWN),
        }

    def _letter_requested(self, period):
        return (
            Domain("commercial_partner_id", "=", self.id)
            & Domain("company_id", "=", self.env.company.id)
            & Domain("opened_at", ">=", period.start)
            & Domain("opened_at", "<", period.stop)
        )

    def _letter_contacts(self, period):
        """Return how often there was contact in the period, by kind."""
        contacts = self.env["vip.contact"]
        groups = contacts._read_group(
            [
                ("partner_id", "=", self.id),
                ("company_id", "=", self.env.company.id),
                ("at", ">=", period.start),
                ("at", "<", period.stop),
                ("void", "=", False),
            ],
            ["kind", "outgoing"],
            ["__count"],
        )
        kinds = dict(contacts._fields["kind"]._description_selection(self.env))
        counts = {kind: [0, 0] for kind in kinds}
        for kind, outgoing, count in groups:
            counts[kind][not outgoing] += count
        return (
            {
                "rows": [
                    {"kind": kinds[kind], "ours": ours, "theirs": theirs}
                    for kind, (ours, theirs) in counts.items()
                    if ours or theirs
                ]
            }
            if groups
            else False
        )

    def _letter_rights(self, period):
        """Return the uses of rights in the period."""
        uses = self.env["vip.entitlement.use"].search(
            [
                ("partner_id", "=", self.id),
                ("company_id", "=", self.env.company.id),
                ("date", ">=", period.first),
                ("date", "<=", period.last),
            ],
            order="date desc, id desc",
        )
        return (
            {
                "rows": [
                    {
                        "date": use.date,
                        "name": use.entitlement_id.name,
                        "quantity": use.quantity,
                    }
                    for use in uses
                ]
            }
            if uses
            else False
        )

    def _letter_answers(self, period):
        """Return the grades that the client gave in the period, the newest first."""
        answers = self.env["vip.answer"].search(
            [
                ("question_id.partner_id", "=", self.id),
                ("question_id.company_id", "=", self.env.company.id),
                ("question_id.ticket_id", "!=", False),
                ("counts", "=", True),
                ("answered_at", ">=", period.start),
                ("answered_at", "<", period.stop),
            ],
            order="answered_at desc, id desc",
        )
        return (
            {
                "rows": [
                    {
                        "day": self._letter_day(answer.answered_at),
                        "number": answer.question_id.ticket_id.number,
                        "grade": answer.grade,
                        "best": answer.question_id._grades()[-1],
                    }
                    for answer in answers
                ]
            }
            if answers
            else False
        )

    def _letter_day(self, at):
        """Return the day of an instant in the company's zone, written."""
        if not at:
            return ""
        return written_day(self.env, self.env.company._vip_local_date(at), year=True)
