"""Inputs and results that other systems publish in their own tests, re-entered as data.

Only facts: which hours, from when, how much, until when. Times are wall-clock times of
the zone of the question.
"""

from typing import NamedTuple

ALL, WEEKDAYS = range(7), range(5)
#: Znuny's sample holidays (month, day).
HOLIDAYS = ((1, 1), (5, 1), (12, 24), (12, 25), (12, 26), (12, 31))


class Hours(NamedTuple):
    """Who works when: local hours on weekdays (0 is Monday), closed on dates."""

    days: range
    hours: tuple
    closed: tuple = ()


# Znuny counts the hours that are named: 8 to 17 is until 18 o'clock.
ALWAYS = Hours(ALL, ((0, 24),))
ALWAYS_BUT = Hours(ALL, ((0, 24),), HOLIDAYS)
OFFICE = Hours(WEEKDAYS, ((8, 21),), HOLIDAYS)  # its default
DAYTIME = Hours(WEEKDAYS, ((8, 18),), HOLIDAYS)
SPLIT = Hours(WEEKDAYS, ((8, 13), (14, 18)), HOLIDAYS)
SPLIT_DAILY = Hours(ALL, ((8, 13), (14, 18)), HOLIDAYS)
WEEK = Hours(WEEKDAYS, ((0, 24),), HOLIDAYS)
# GLPI
GLPI_DEFAULT = Hours(WEEKDAYS, ((8, 20),))
GLPI_5X24 = Hours(WEEKDAYS, ((0, 24),))

BERLIN, SAO_PAULO = "Europe/Berlin", "America/Sao_Paulo"
TEHRAN, SYDNEY = "Asia/Tehran", "Australia/Sydney"
H = 3600
D = 24 * H

#: Znuny, scripts/test/Time.t and Time/WorkingTime.t: zone, hours, from, to, seconds.
ZNUNY_WORKED = (
    (BERLIN, OFFICE, "2005-10-20 10:00:00", "2005-10-21 10:00:00", 13 * H),
    (BERLIN, OFFICE, "2005-10-20 10:00:00", "2005-10-24 10:00:00", 26 * H),
    (BERLIN, OFFICE, "2005-10-20 10:00:00", "2005-10-27 10:00:00", 65 * H),
    (BERLIN, OFFICE, "2005-10-20 10:00:00", "2005-11-03 10:00:00", 130 * H),
    (BERLIN, OFFICE, "2005-12-21 10:00:00", "2005-12-31 10:00:00", 89 * H),
    (BERLIN, OFFICE, "2003-12-21 10:00:00", "2003-12-31 10:00:00", 52 * H),
    (BERLIN, OFFICE, "2005-10-23 10:00:00", "2005-10-24 10:00:00", 2 * H),
    (BERLIN, OFFICE, "2005-10-23 10:00:00", "2005-10-25 13:00:00", 18 * H),
    (BERLIN, OFFICE, "2005-10-23 10:00:00", "2005-10-30 13:00:00", 65 * H),
    (BERLIN, OFFICE, "2005-10-24 11:44:12", "2005-10-24 16:13:31", 16159),
    (BERLIN, OFFICE, "2006-12-05 22:57:34", "2006-12-06 10:25:34", 8734),
    (BERLIN, OFFICE, "2006-12-06 07:50:00", "2006-12-07 08:54:00", 50040),
    (BERLIN, OFFICE, "2007-03-12 11:56:01", "2007-03-12 13:56:01", 2 * H),
    (BERLIN, OFFICE, "2010-01-28 22:00:02", "2010-01-28 22:01:02", 0),
    (BERLIN, ALWAYS_BUT, "2015-12-23 08:10:15", "2015-12-28 17:10:14", 205199),
    (BERLIN, ALWAYS_BUT, "2015-02-17 22:35:49", "2015-02-18 03:35:49", 5 * H),
    (BERLIN, ALWAYS_BUT, "2015-02-17 22:35:49", "2015-02-19 23:05:49", 174600),
    (BERLIN, ALWAYS_BUT, "2016-03-26 22:24:39", "2016-03-28 23:24:39", 48 * H),
    (BERLIN, ALWAYS_BUT, "2016-02-01 12:15:41", "2016-02-06 10:15:41", 118 * H),
    (BERLIN, SPLIT_DAILY, "2016-02-01 12:15:41", "2016-02-06 12:15:41", 45 * H),
    (BERLIN, SPLIT, "2016-03-25 12:15:41", "2016-03-29 10:15:41", 16 * H),
    (BERLIN, SPLIT, "2016-03-24 12:15:41", "2016-03-30 10:15:41", 34 * H),
    (BERLIN, SPLIT, "2016-03-25 08:15:41", "2016-03-25 14:15:41", 5 * H),
    (BERLIN, SPLIT, "2016-03-25 08:00:00", "2016-03-25 15:00:00", 6 * H),
    ("UTC", ALWAYS, "2015-02-17 12:00:00", "2015-05-18 12:00:00", 7776000),
    (BERLIN, ALWAYS, "2015-02-17 12:00:00", "2015-05-18 12:00:00", 90 * D - H),
    ("UTC", ALWAYS, "2015-02-21 22:00:00", "2015-02-22 04:00:00", 21600),
    (SAO_PAULO, ALWAYS, "2015-02-21 22:00:00", "2015-02-22 02:00:00", 18000),
    ("UTC", ALWAYS, "2015-02-20 22:10:05", "2015-02-25 04:30:20", 368415),
    (SAO_PAULO, ALWAYS, "2015-02-20 22:10:05", "2015-02-25 04:30:20", 372015),
    ("UTC", ALWAYS, "2015-10-17 22:00:00", "2015-10-18 04:00:00", 21600),
    (SAO_PAULO, ALWAYS, "2015-10-17 22:00:00", "2015-10-18 04:00:00", 18000),
    ("UTC", ALWAYS, "2015-03-21 12:00:00", "2015-03-22 12:00:00", 86400),
    ("UTC", ALWAYS, "2015-09-21 12:00:00", "2015-09-22 04:00:00", 57600),
    (TEHRAN, ALWAYS, "2015-09-21 12:00:00", "2015-09-22 04:00:00", 61200),
    ("UTC", ALWAYS, "2015-03-21 12:00:00", "2015-03-22 04:00:00", 57600),
    (TEHRAN, ALWAYS, "2015-03-21 12:00:00", "2015-03-22 04:00:00", 54000),
    ("UTC", ALWAYS, "2015-01-21 12:00:00", "2015-04-22 04:00:00", 7833600),
    (SYDNEY, ALWAYS, "2015-01-21 12:00:00", "2015-04-22 04:00:00", 7837200),
)

#: Znuny, scripts/test/Time.t and Time/DestinationTime.t: zone of the wall clock, zone
#: of the calendar, hours, from, seconds, result.
ZNUNY_DUE = (
    (BERLIN, BERLIN, OFFICE, "2006-11-12 10:15:00", 4 * H, "2006-11-13 12:00:00"),
    (BERLIN, BERLIN, OFFICE, "2006-11-13 10:15:00", 4 * H, "2006-11-13 14:15:00"),
    (BERLIN, BERLIN, OFFICE, "2006-11-13 10:15:00", 11 * H, "2006-11-14 08:15:00"),
    (BERLIN, BERLIN, OFFICE, "2006-12-31 10:15:00", 11 * H, "2007-01-02 19:00:00"),
    (BERLIN, BERLIN, OFFICE, "2006-12-29 10:15:00", 11 * H, "2007-01-02 08:15:00"),
    (BERLIN, BERLIN, OFFICE, "2006-12-30 10:45:00", 11 * H, "2007-01-02 19:00:00"),
    (BERLIN, BERLIN, OFFICE, "2006-12-06 07:50:00", 50040, "2006-12-07 08:54:00"),
    (BERLIN, BERLIN, OFFICE, "2007-01-16 20:15:00", 4500, "2007-01-17 08:30:00"),
    (BERLIN, BERLIN, OFFICE, "2007-03-14 21:21:02", H, "2007-03-15 09:00:00"),
    (BERLIN, BERLIN, OFFICE, "2007-03-12 11:56:01", 2 * H, "2007-03-12 13:56:01"),
    (BERLIN, BERLIN, OFFICE, "2007-03-15 17:21:27", 3 * H, "2007-03-15 20:21:27"),
    (BERLIN, BERLIN, OFFICE, "2007-10-19 18:12:23", 19800, "2007-10-22 10:42:23"),
    (BERLIN, BERLIN, OFFICE, "2007-10-26 18:12:23", 19800, "2007-10-29 10:42:23"),
    (BERLIN, BERLIN, OFFICE, "2007-10-19 18:12:23", 66600, "2007-10-23 10:42:23"),
    (BERLIN, BERLIN, OFFICE, "2007-10-26 18:12:23", 66600, "2007-10-30 10:42:23"),
    (BERLIN, BERLIN, OFFICE, "2007-03-16 18:12:23", 19800, "2007-03-19 10:42:23"),
    (BERLIN, BERLIN, OFFICE, "2007-03-23 18:12:23", 19800, "2007-03-26 10:42:23"),
    (BERLIN, BERLIN, OFFICE, "2007-03-16 18:12:23", 66600, "2007-03-20 10:42:23"),
    (BERLIN, BERLIN, OFFICE, "2007-03-23 18:12:23", 66600, "2007-03-27 10:42:23"),
    (BERLIN, BERLIN, OFFICE, "2013-03-16 10:00:00", 60, "2013-03-18 08:01:00"),
    (
        BERLIN,
        "Atlantic/Cape_Verde",
        OFFICE,
        "2013-03-16 10:00:00",
        60,
        "2013-03-18 10:01:00",
    ),
    (BERLIN, BERLIN, OFFICE, "2013-03-16 10:00:00", H, "2013-03-18 09:00:00"),
    # Closing time is closing time there, too.
    (BERLIN, BERLIN, OFFICE, "2013-03-16 10:00:00", 13 * H, "2013-03-18 21:00:00"),
    (BERLIN, BERLIN, OFFICE, "2013-03-16 10:00:00", 50460, "2013-03-19 09:01:00"),
    ("UTC", "UTC", ALWAYS_BUT, "2015-02-17 12:00:00", 730 * D, "2017-02-28 12:00:00"),
    ("UTC", "UTC", ALWAYS_BUT, "2015-02-17 12:00:00", 90 * D, "2015-05-19 12:00:00"),
    (
        BERLIN,
        BERLIN,
        ALWAYS_BUT,
        "2015-02-17 12:00:00",
        90 * D + H,
        "2015-05-19 14:00:00",
    ),
    ("UTC", "UTC", ALWAYS_BUT, "2015-02-21 22:00:00", 6 * H, "2015-02-22 04:00:00"),
    (
        SAO_PAULO,
        SAO_PAULO,
        ALWAYS_BUT,
        "2015-02-21 22:00:00",
        5 * H,
        "2015-02-22 02:00:00",
    ),
    ("UTC", "UTC", ALWAYS_BUT, "2015-02-20 22:10:05", 368415, "2015-02-25 04:30:20"),
    (
        SAO_PAULO,
        SAO_PAULO,
        ALWAYS,
        "2015-02-21 22:10:05",
        4 * D + 5 * H + 1215,
        "2015-02-26 02:30:20",
    ),
    (
        SAO_PAULO,
        SAO_PAULO,
        ALWAYS_BUT,
        "2015-10-17 22:00:00",
        7 * H,
        "2015-10-18 06:00:00",
    ),
    (TEHRAN, TEHRAN, ALWAYS_BUT, "2015-09-21 12:00:00", 15 * H, "2015-09-22 02:00:00"),
    (TEHRAN, TEHRAN, ALWAYS_BUT, "2015-03-21 12:00:00", 17 * H, "2015-03-22 06:00:00"),
    (
        TEHRAN,
        TEHRAN,
        ALWAYS_BUT,
        "2015-01-21 12:00:00",
        90 * D + 17 * H,
        "2015-04-22 06:00:00",
    ),
    (
        SYDNEY,
        SYDNEY,
        ALWAYS_BUT,
        "2016-04-02 12:00:00",
        D + 17 * H,
        "2016-04-04 04:00:00",
    ),
    (BERLIN, BERLIN, DAYTIME, "2016-01-31 12:25:30", 5 * H, "2016-02-01 13:00:00"),
    (BERLIN, BERLIN, DAYTIME, "2016-02-01 16:59:30", 12600, "2016-02-02 10:29:30"),
    (BERLIN, BERLIN, SPLIT, "2016-02-01 12:25:30", 5 * H, "2016-02-02 08:25:30"),
    (BERLIN, BERLIN, SPLIT, "2015-12-22 16:24:49", 20 * H, "2015-12-29 08:24:49"),
    (TEHRAN, TEHRAN, DAYTIME, "2016-03-20 00:00:00", 5 * H, "2016-03-21 13:00:00"),
    (TEHRAN, TEHRAN, DAYTIME, "2016-03-20 00:00:00", 13 * H, "2016-03-22 11:00:00"),
    (TEHRAN, TEHRAN, ALWAYS_BUT, "2016-03-20 00:00:00", 29 * H, "2016-03-21 06:00:00"),
    (TEHRAN, TEHRAN, WEEK, "2016-03-20 00:00:00", 29 * H, "2016-03-22 06:00:00"),
    (TEHRAN, TEHRAN, DAYTIME, "2016-09-20 22:00:00", 5 * H, "2016-09-21 13:00:00"),
    (TEHRAN, TEHRAN, WEEK, "2016-09-20 22:00:00", 5 * H, "2016-09-21 02:00:00"),
    (BERLIN, BERLIN, DAYTIME, "2013-03-16 10:00:00", 60, "2013-03-18 08:01:00"),
    ("UTC", BERLIN, SPLIT, "2015-03-27 11:00:00", 15 * H, "2015-03-31 07:00:00"),
)

#: GLPI, tests/functional/Calendar.php, testGetActiveTimeBetween: from, to, seconds.
GLPI_WORKED = (
    (GLPI_DEFAULT, "2019-01-01 07:00:00", "2019-01-01 09:00:00", H),
    (GLPI_DEFAULT, "2019-01-01 06:00:00", "2019-01-01 07:00:00", 0),
    (GLPI_DEFAULT, "2019-01-01 00:00:00", "2019-01-08 00:00:00", 60 * H),
)
#: The same, by another convention: what GLPI says, what we say, and why.
GLPI_WORKED_OTHERWISE = (
    (
        GLPI_DEFAULT,
        "2019-01-08 00:00:00",
        "2019-01-01 00:00:00",
        0,
        -60 * H,
        "the way back is negative here and nothing there",
    ),
    (
        GLPI_DEFAULT,
        "2019-01-01 07:00:00",
        "2019-01-01 09:00:00",
        2 * H,
        H,
        "counting in days GLPI leaves the working hours aside",
    ),
    (
        GLPI_DEFAULT,
        "2019-01-01 00:00:00",
        "2019-01-08 00:00:00",
        7 * D,
        60 * H,
        "counting in days GLPI leaves working hours and weekends aside",
    ),
)
#: GLPI, testComputeEndDate: hours, from, working days, result.
GLPI_DAYS = (
    (GLPI_DEFAULT, "2018-11-19 10:00:00", 7, "2018-11-28 10:00:00"),
    (GLPI_5X24, "2018-11-19 10:00:00", 7, "2018-11-28 10:00:00"),
)
#: The same until the end of the working day: hours, from, days, theirs, ours. A target
#: in working days is due at the same hour here; GLPI offers the closing time after it.
GLPI_DAYS_OTHERWISE = (
    (GLPI_DEFAULT, "2018-11-19 10:00:00", 7, "2018-11-28 20:00:00"),
    (GLPI_5X24, "2018-11-19 10:00:00", 7, "2018-11-29 00:00:00"),
)

#: Zammad, spec/lib/escalation: a ticket that is new, open after 60 minutes, waits from
#: 90 to 120 and is closed then; minutes since it was made, around the clock.
ZAMMAD_SPANS = ((0, 60, True), (60, 90, True), (90, 120, False), (120, None, True))
#: escalation_spec.rb and escalation/destination_time_spec.rb: start, promise, due.
ZAMMAD_DUE = (
    (0, 60, 60),  # first response
    (0, 75, 75),  # solution
    (75, 30, 135),
    (0, 30, 30),
    (120, 30, 150),
)
#: period_working_minutes_spec.rb: from, to, minutes counted; it ends with the closing.
ZAMMAD_COUNTED = ((0, 120, 90), (30, 120, 60), (0, 30, 30))
#: escalation_spec.rb, statistics: promise, answered, minutes late.
ZAMMAD_LATE = ((60, 75, 15),)
