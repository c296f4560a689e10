from odoo import fields, models

from odoo.addons.resource_worktime.engine.worktime import to_datetime, to_epoch
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import written_moment

from ...engine.clock import counted_spans, judge
from ...engine.follower import Follower


class SlaClock(models.Model):
    """That the limit of a promise was moved by a change of working time."""

    _inherit = "sla.clock"

    moved = fields.Char(
        string="Limit moved",
        compute="_compute_moved",
        help="From when to when a change of working time moved the limit, and by whom.",
    )

    def _compute_moved(self):
        # As superuser: by which hours a promise counts is no secret.
        changed = self.filtered(
            lambda clock: (
                clock.due_at
                and clock.version_id.sudo().exists()
                and (clock.earlier or clock.version_id.sudo().at > clock.started_at)
            )
        )
        first = changed._first_limits() if changed else {}
        for clock in self:
            before = first.get(clock._origin.id)
            clock.moved = (
                clock._moved_text(before)
                if before and before != clock.due_at
                else False
            )

    def _first_limits(self):
        """Return {clock id: when it was due by the working time of its start}."""
        book, now = self._book(), to_epoch(event_time(self.env))
        versions = self.env["resource.worktime.version"].sudo()  # no secret, as above
        counting, result = Follower(book).counting, {}
        plain = {clock.id: clock for clock in self._plain(book)}
        timelines = book.timelines({clock.ticket_id for clock in plain.values()})
        for clock in self:
            found = plain.get(clock._origin.id)
            moments = found and timelines.get(found.ticket_id)
            if not moments:
                continue
            # As superuser: as above.
            calendar_id = clock.version_id.sudo().calendar_id.id
            if clock.earlier:
                calendar_id = versions.browse(clock.earlier[0]).exists().calendar_id.id
            terms = found.terms
            version = versions._known_at(
                calendar_id, clock.company_id, clock.started_at
            )
            basis = terms.basis._replace(version_id=version, earlier=())
            key = found.key._replace(calendar_id=calendar_id)
            verdict = judge(
                *(terms.started_at, terms.seconds, counted_spans(terms, moments)),
                *(found.judged.stopped_at, now),
                counting(key, terms.course, basis, terms.started_at),
            )
            result[clock._origin.id] = verdict.due and to_datetime(verdict.due)
        return result

    def _moved_text(self, before):
        # As superuser: by whom and when working time was changed is no secret.
        version = self.version_id.sudo()
        return self.env._(
            "from %(before)s to %(now)s by changed working time, %(who)s, %(when)s",
            before=written_moment(self.env, before),
            now=written_moment(self.env, self.due_at),
            who=version.user_id.exists().name or self.env._("by the system"),
            when=written_moment(self.env, version.at),
        )
