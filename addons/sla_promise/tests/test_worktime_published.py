from datetime import datetime
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase, tagged

from odoo.addons.resource_worktime.engine.worktime import ALWAYS, to_datetime, to_epoch
from odoo.addons.resource_worktime.tests.test_worktime_calendar import WorktimeCase

from ..engine.clock import Span, judge
from ..engine.states import MISSED
from . import published_worktime as published


def parse(text, zone):
    """Return the naive UTC instant of a wall-clock time."""
    wall = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    return wall.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


@tagged("post_install", "-at_install")
class TestWorktimePublished(WorktimeCase):
    """What other systems compute in their own tests comes out here, too."""

    def setUp(self):
        super().setUp()
        self.known = {}

    def _work(self, hours, zone, start):
        if (hours, zone) not in self.known:
            week = {
                day: [(*pair, "full_day") for pair in hours.hours] for day in hours.days
            }
            self.known[hours, zone] = calendar = self._calendar(week, zone)
            for year in {2003, 2005, 2006, 2007, 2010, 2013, 2015, 2016, 2017}:
                for month, day in hours.closed:
                    date = f"{year}-{month:02}-{day:02}"
                    self._leave(
                        calendar,
                        parse(f"{date} 00:00:00", zone),
                        parse(f"{date} 23:59:59", zone),
                        self.company,
                    )
        return self.known[hours, zone]._worktime(self.company, start, start)

    def _worked(self, hours, zone, start, stop):
        work = self._work(hours, zone, start)
        return work.between(to_epoch(start), to_epoch(stop))

    def test_znuny_working_time(self):
        for zone, hours, start, stop, seconds in published.ZNUNY_WORKED:
            with self.subTest(zone=zone, start=start, stop=stop):
                worked = self._worked(
                    hours, zone, parse(start, zone), parse(stop, zone)
                )
                self.assertEqual(worked, seconds)

    def test_znuny_destination_time(self):
        for wall, zone, hours, start, seconds, due in published.ZNUNY_DUE:
            with self.subTest(zone=zone, start=start, seconds=seconds):
                at = parse(start, wall)
                ours = self._work(hours, zone, at).add(to_epoch(at), seconds)
                self.assertEqual(to_datetime(ours), parse(due, wall))

    def test_glpi_active_time(self):
        for hours, start, stop, seconds in published.GLPI_WORKED:
            with self.subTest(start=start, stop=stop):
                worked = self._worked(
                    hours, "UTC", parse(start, "UTC"), parse(stop, "UTC")
                )
                self.assertEqual(worked, seconds)

    def test_glpi_active_time_by_another_convention(self):
        for hours, start, stop, theirs, ours, why in published.GLPI_WORKED_OTHERWISE:
            with self.subTest(why):
                worked = self._worked(
                    hours, "UTC", parse(start, "UTC"), parse(stop, "UTC")
                )
                self.assertEqual(worked, ours)
                self.assertNotEqual(worked, theirs)

    def test_glpi_working_days(self):
        for hours, start, days, due in published.GLPI_DAYS:
            with self.subTest(hours=hours):
                at = parse(start, "UTC")
                ours = self._work(hours, "UTC", at).add_days(to_epoch(at), days)
                self.assertEqual(to_datetime(ours), parse(due, "UTC"))

    def test_glpi_end_of_the_working_day_is_the_closing_after_ours(self):
        for hours, start, days, theirs in published.GLPI_DAYS_OTHERWISE:
            with self.subTest(hours=hours):
                at = parse(start, "UTC")
                work = self._work(hours, "UTC", at)
                ours = work.add_days(to_epoch(at), days)
                left = hours.hours[0][1] * 3600 - 10 * 3600
                self.assertEqual(
                    to_datetime(work.add(ours, left)), parse(theirs, "UTC")
                )


class TestPublishedEscalations(BaseCase):
    """Zammad's escalations, with a wait in between."""

    def _judge(self, start, promise, stop=None):
        spans = [
            Span(begin * 60, end and end * 60, counted)
            for begin, end, counted in published.ZAMMAD_SPANS
        ]
        return judge(
            start * 60, promise * 60, spans, stop and stop * 60, 120 * 60, ALWAYS
        )

    def test_zammad_destination_time(self):
        for start, promise, due in published.ZAMMAD_DUE:
            with self.subTest(start=start, promise=promise):
                self.assertEqual(self._judge(start, promise).due, due * 60)

    def test_zammad_counted_minutes(self):
        for start, stop, counted in published.ZAMMAD_COUNTED:
            with self.subTest(start=start, stop=stop):
                verdict = self._judge(start, 1000, stop)
                self.assertEqual(1000 * 60 - verdict.remaining, counted * 60)

    def test_zammad_late_answers(self):
        for promise, answered, late in published.ZAMMAD_LATE:
            verdict = self._judge(0, promise, answered)
            self.assertEqual((verdict.state, verdict.overrun), (MISSED, late * 60))
