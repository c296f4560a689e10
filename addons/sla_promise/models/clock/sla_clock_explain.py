from markupsafe import Markup

from odoo import api, fields, models

from odoo.addons.resource_worktime.engine.worktime import to_datetime, to_epoch
from odoo.addons.vip_base.tools.written import written_length, written_moment

from ...engine import clock as engine
from ...engine.clock import counted_spans, ending, judge
from ...engine.follower import Follower
from ...engine.rounds import tell
from ...engine.timeline import last_turn

#: So many hours that did not count are named one by one.
MOST_GAPS = 6


class SlaClock(models.Model):
    """How a due time came about: what counted, what did not, and why."""

    _inherit = "sla.clock"

    explanation = fields.Html(compute="_compute_explanation")

    @api.depends_context("lang", "tz")
    def _compute_explanation(self):
        for clock in self:
            clock.explanation = clock._explanation_table()

    def _explain(self, at=None):
        """Return how the due time comes about: parts that sum to the promise.

        :param at: naive UTC; now if not given
        :return: list of :class:`~...engine.clock.Part` with naive UTC datetimes; the
            last one has no stop while nothing is counting
        """
        self.ensure_one()
        return self._explanations(at).get(self._origin.id, [])

    def _explanations(self, at=None):
        """Return {clock id: parts} of many clocks as :meth:`_explain`, read at once."""
        self.check_access("read")
        at = to_epoch(at or fields.Datetime.now())
        book = self._book()  # who may read the clocks may know their timelines
        clocks = self._plain(book)
        ticket_ids = list({clock.ticket_id for clock in clocks})
        timelines = book.timelines(ticket_ids)
        answers, asks, steps, deeds = book.contacts(ticket_ids)
        responded = book.responded(ticket_ids)
        counting = Follower(book).counting
        result = {}
        for clock in clocks:
            ticket_id, terms = clock.ticket_id, clock.terms
            moments = timelines.get(ticket_id)
            if not moments:
                continue
            story = tell(
                moments,
                responded.get(ticket_id),
                answers.get(ticket_id, ()),
                asks.get(ticket_id, ()),
                steps.get(ticket_id, ()),
                deeds.get(ticket_id, ()),
            )
            stop = clock.judged.stopped_at
            if stop is None:
                stop = next(
                    (end for end in ending(terms, story) if end is not None), None
                )
            parts = engine.explain(
                terms.started_at,
                terms.seconds,
                counted_spans(terms, moments),
                stop,
                max(at, last_turn(moments)),
                counting(clock.key, terms.course, terms.basis, terms.started_at),
                terms.basis.binds_at,
            )
            result[clock.id] = [
                part._replace(
                    start=to_datetime(part.start), stop=to_datetime(part.stop)
                )
                for part in parts
            ]
        return result

    def _explain_rows(self):
        """Return the parts of :meth:`_explain` with why, where and who, as dicts."""
        # As superuser: who may read the clock may know its timeline.
        spans = self.sudo().ticket_id.span_ids.sorted(
            lambda span: (span.start, span.id)
        )
        outages = self._outages_of_parts()
        rows = []
        parts = self._explain()
        left_out = self._left_out(parts)
        for part in parts:
            span = spans.filtered(lambda span, at=part.start: span.start <= at)[-1:]
            outage = outages.get(to_epoch(part.start))
            if part.counted:
                reason = ""
            elif part is parts[-1] and part.stop:
                # Only what was past leads on to an instant that is not counted.
                reason = self.env._("past already when it was changed or promised")
            else:
                reason = self._uncounted_reason(span, outage)
            rows.append(
                {
                    **part._asdict(),
                    "reason": reason,
                    "left_out": left_out.get(part.start, []),
                    "user": span.user_id.exists().name or "",
                    "team": span.team_id.exists().name or "",
                    "stage": span.stage_id.exists().name or "",
                }
            )
        return rows

    def _outages_of_parts(self):
        """Return {epoch second: outage} of the pieces of the timeline in outages."""
        clock = self.sudo()  # as superuser: who may read it may know its timeline
        timeline = self.env["sla.span"].sudo()._timelines(clock.ticket_id.ids)
        names = self.env["sla.outage"].sudo()  # and by which outage it stood still
        return {
            max(moment.start, to_epoch(clock.started_at)): names.browse(
                moment.outage_id
            )
            for moment in timeline.get(clock.ticket_id.id, ())
            if moment.outage_id and clock.pause_on_outage
        }

    def _uncounted_reason(self, span, outage):
        if span.cancels:
            return self.env._("cancelled")
        if span.solved:
            return self.env._("solved")
        if outage:
            return self.env._("outage: %s", outage.name)
        if span.waiting_on == "client":
            return self.env._("waiting for the client")
        return self.env._("waiting for a third party")

    def _explanation_table(self):
        """Return the explanation as an HTML table in the reader's time zone."""
        self.ensure_one()

        def local(at):
            return at and written_moment(self.env, at)

        def length(seconds):
            return written_length(self.env, seconds, precise=True)

        rows = Markup().join(
            Markup("<tr>%s</tr>")
            % Markup().join(
                Markup("<td>%s</td>") % cell
                for cell in (
                    local(part["start"]),
                    local(part["stop"]) or "…",
                    self._counted_cell(part, length)
                    if part["counted"]
                    else part["reason"],
                    part["stage"],
                    part["user"] or part["team"],
                )
            )
            for part in self._explain_rows()
        )
        heads = (
            self.env._("From"),
            self.env._("To"),
            self.env._("Counted"),
            self.env._("Stage"),
            self.env._("Held by"),
        )
        head = Markup().join(Markup("<th>%s</th>") % text for text in heads)
        return Markup(
            '<table class="table table-sm"><thead><tr>%s</tr></thead>'
            "<tbody>%s</tbody></table>%s%s"
        ) % (head, rows, self._extended_lines(), self._version_line())

    def _counted_cell(self, part, length):
        """Return how much of a part counted, and which of its hours did not, as HTML."""
        text = length(part["seconds"])
        if not part["left_out"]:
            return text
        gaps = [
            f"{written_moment(self.env, start)} – {written_moment(self.env, stop)}"
            for start, stop in part["left_out"][:MOST_GAPS]
        ]
        more = len(part["left_out"]) - len(gaps)
        if more:
            gaps.append(self.env._("%s more", more))
        return Markup('%s<div class="text-muted small">%s</div>') % (
            text,
            self.env._("not working hours: %s", ", ".join(gaps)),
        )

    def _left_out(self, parts):
        """Return {start of a counted part: the stretches of it in which nobody works}.

        :param parts: of :meth:`_explain`
        :return: naive UTC datetimes
        """
        book = self._book()  # as :meth:`_explanations`
        [clock] = self._plain(book) or [None]
        if clock is None:
            return {}
        terms = clock.terms
        worktime = Follower(book).counting(
            clock.key, terms.course, terms.basis, terms.started_at
        )
        result = {}
        for part in parts:
            if not part.counted or not part.stop:
                continue
            start, stop = to_epoch(part.start), to_epoch(part.stop)
            worked = worktime.spans(start, stop)
            edges = [start, *(edge for span in worked for edge in span), stop]
            result[part.start] = [
                (to_datetime(low), to_datetime(high))
                for low, high in zip(edges[::2], edges[1::2], strict=True)
                if low < high
            ]
        return result

    def _version_line(self):
        """Return by which version of working time the limit was found, as HTML."""
        # As superuser: the name of the hours by which a promise counts is no secret.
        version = self.version_id.sudo().exists()
        if not version:
            return Markup()
        lines = [self.env._("Counted by %s", version.display_name)]
        if version.number > 1:
            lines = [
                self.env._(
                    "Counted by %(version)s, changed %(when)s by %(who)s: %(why)s",
                    version=version.display_name,
                    when=self._local_minute(version.at),
                    who=version.user_id.exists().name or "",
                    why=version.reason
                    or dict(version._fields["kind"]._description_selection(self.env))[
                        version.kind
                    ],
                )
            ]
        before = self.earlier or ()
        for id_, until in zip(before[::2], before[1::2], strict=True):
            former = version.browse(id_).exists()
            lines.append(
                self.env._(
                    "Until %(when)s it counted by %(version)s.",
                    when=self._local_minute(to_datetime(until)),
                    version=former.display_name or self.env._("around the clock"),
                )
            )
        return Markup().join(Markup("<p>%s</p>") % line for line in lines)

    def _local_minute(self, at):
        """Return an instant as text in the reader's time zone."""
        return written_moment(self.env, at)

    def _extended_lines(self):
        """Return both limits of an extended promise, and why it was extended, as HTML."""
        if not self.extended_seconds:
            return Markup()
        lines = [
            self.env._(
                "The limit was %(first)s and is %(now)s by decision.",
                first=written_length(self.env, self.seconds - self.extended_seconds),
                now=written_length(self.env, self.seconds),
            )
        ]
        # As superuser: who may read the clock may know why its limit is another one.
        for extension in self.sudo().extension_ids.filtered("added_seconds"):
            lines.append(
                self.env._(
                    "%(added)s added by %(who)s: %(why)s",
                    added=written_length(self.env, extension.added_seconds),
                    who=extension.decided_by_id.name,
                    why=extension.reason,
                )
            )
        return Markup().join(Markup("<p>%s</p>") % line for line in lines)

    def _plain(self, book):
        """Return these clocks as :class:`~...engine.terms.Clock`, by id."""
        self.flush_recordset()
        return book.clocks(self._origin.ids)

    def _used_seconds(self):
        """Return {clock id: counted seconds from start to stop}; a few queries for all.

        For clocks that have stopped in time; those of deleted tickets are left out.
        """
        if not self:
            return {}
        book, result = self._book(), {}
        clocks = self._plain(book)
        timelines = book.timelines({clock.ticket_id for clock in clocks})
        counting = Follower(book).counting
        for clock in clocks:
            moments = timelines.get(clock.ticket_id)
            if not moments:
                continue
            terms, stop = clock.terms, clock.judged.stopped_at
            verdict = judge(
                *(terms.started_at, terms.seconds, counted_spans(terms, moments)),
                *(stop, stop),
                counting(clock.key, terms.course, terms.basis, terms.started_at),
            )
            result[clock.id] = terms.seconds - verdict.remaining
        return result
