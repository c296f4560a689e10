from datetime import datetime, timedelta

import pytz

from odoo import models
from odoo.tools.intervals import Intervals

from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import (
    reader_zone,
    written_moment,
    written_time,
)

#: So far ahead it is looked when somebody is at work again.
AHEAD = timedelta(days=21)


class ResUsers(models.Model):
    """An adviser as a client sees them."""

    _inherit = "res.users"

    def _portal_face(self, at):
        """Return name, branch, phone, e-mail and hours of an adviser, as texts.

        :param at: naive UTC
        """
        self.ensure_one()
        # As superuser: of whom the client may know this much.
        adviser = self.sudo()
        return {
            "name": adviser.name,
            "initial": adviser.name[:1],
            "unit": adviser.unit_id.name or "",
            "phone": adviser.phone or "",
            "email": adviser.email or "",
            "hours": self._portal_hours(at),
        }

    def _portal_hours(self, at):
        """Return until when an adviser is at work today, or from when on again.

        By the working hours of the company without approved leave; empty where there are
        no hours, or none soon. Why somebody is not there is not told.
        """
        spans = self._portal_spans(at)
        if not spans:
            return ""
        zone = pytz.timezone(reader_zone(self.env))
        begin = spans[0][0].astimezone(zone)
        now = pytz.utc.localize(at).astimezone(zone)
        today = [
            stop for start, stop in spans if start.astimezone(zone).date() == now.date()
        ]
        if begin <= now and today:
            until = written_time(self.env, today[-1].astimezone(zone))
            return self.env._("At work until %s", until)
        plain = spans[0][0].astimezone(pytz.utc).replace(tzinfo=None)
        again = written_moment(self.env, plain, zone.zone, at)
        return self.env._("At work again: %s", again)

    def _portal_spans(self, at):
        """Return [(start, stop)] of work still to come, aware datetimes."""
        # As superuser: the portal reads no working hours.
        calendar = self.env.company.sudo().resource_calendar_id
        if not calendar:
            return []
        start = pytz.utc.localize(at)
        work = calendar._work_intervals_batch(start, start + AHEAD)[False]
        leaves = self.env["resource.calendar.leaves"].sudo()
        found = leaves._approved_leaves(self.ids, at, at + AHEAD)
        away = [
            (*(datetime.fromtimestamp(at, pytz.utc) for at in span), leaves)
            for spans in found.values()
            for span in spans
        ]
        return [(begin, end) for begin, end, _more in work - Intervals(away)]

    def _portal_is_away(self):
        """Tell whether this person is on approved leave now."""
        at = event_time(self.env)
        # As superuser: whether, not why.
        leaves = self.env["resource.calendar.leaves"].sudo()
        return bool(leaves._approved_leaves(self.ids, at, at))
