from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.lru import LRU

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.sql import LooseMany2one, array

from ..engine.schedule import Schedule

#: Schedules of this process by digest, which no other schedule has.
KNOWN_SCHEDULES = LRU(128)


class ResourceWorktimeVersion(models.Model):
    """What the working time of a calendar meant for a company, from a change on.

    Rows are only appended, by a change of meaning: each says by itself all that held and
    holds as it was known when it was recorded, also when its calendar is gone.
    """

    _name = "resource.worktime.version"
    _description = "Version of Working Time"
    _log_access = False
    _order = "recorded_at desc, id desc"

    name = fields.Char(
        string="Working schedule", readonly=True, help="As it was called then."
    )
    calendar_id = LooseMany2one("resource.calendar", string="Now", readonly=True)
    company_id = LooseMany2one("res.company", readonly=True)
    number = fields.Integer(required=True, readonly=True, string="Version")
    kind = fields.Selection(
        [
            ("first", "As first known"),
            ("undated", "Hours"),
            ("dated", "Dates"),
            ("both", "Hours and dates"),
        ],
        required=True,
        readonly=True,
        help="What changed: the hours, which hold from the change on, or holidays, "
        "closing times and make-up days, which hold for their dates.",
    )
    at = fields.Datetime(
        required=True,
        readonly=True,
        string="Changed at",
        help="Hours hold from then on.",
    )
    recorded_at = fields.Datetime(required=True, readonly=True, string="Known since")
    user_id = LooseMany2one("res.users", string="By", readonly=True)
    reason = fields.Char(string="Why", readonly=True)
    hours_per_week = fields.Float(string="Hours per week", readonly=True)
    gained_hours = fields.Float(
        string="Hours gained", readonly=True, help="By dates, in all."
    )
    lost_hours = fields.Float(
        string="Hours lost", readonly=True, help="By dates, in all."
    )
    zone = fields.Char(string="Time zone", compute="_compute_hours_text")
    hours_text = fields.Text(string="Working hours", compute="_compute_hours_text")
    schedule = fields.Text(required=True, readonly=True, groups="base.group_system")
    digest = fields.Char(required=True, readonly=True, groups="base.group_system")
    fingerprint = fields.Char(readonly=True, groups="base.group_system")

    _number_unique = models.UniqueIndex(
        "(calendar_id, COALESCE(company_id, 0), number)"
    )

    def _auto_init(self):
        # A new column with a default is filled in old rows too.
        frozen_rows.thaw(self.env.cr, self._table)
        return super()._auto_init()

    def init(self):
        """Make the database itself refuse to change or delete a version."""
        frozen_rows.freeze(self.env.cr, self._table)

    @api.depends("name", "number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(calendar)s, version %(number)s",
                calendar=version.name or "",
                number=version.number,
            )

    @api.depends("schedule")
    @api.depends_context("lang")
    def _compute_hours_text(self):
        names = dict(
            self.env["resource.makeup.day"]
            ._fields["weekday"]
            ._description_selection(self.env)
        )
        for version in self:
            hours = version._schedule().hours
            version.zone = hours.zone
            version.hours_text = version._days_text(hours.days, names)

    def _days_text(self, days, names):
        """Return the hours of the week, or of both weeks where they differ."""
        if days is None:
            return self.env._("Flexible hours")

        def lines(week):
            return [
                f"{names[str(number)]} {', '.join(map(_clock_span, day))}"
                for number, day in enumerate(week)
                if day
            ]

        if days[:7] == days[7:]:
            return "\n".join(lines(days[:7])) or self.env._("No working time")
        return "\n".join(
            [
                self.env._("First week"),
                *lines(days[:7]),
                self.env._("Second week"),
                *lines(days[7:]),
            ]
        )

    # ------------------------------------------------------------------
    # Reading and appending
    # ------------------------------------------------------------------

    def _change(self):
        """Return the ``WorktimeChange`` by which this version came; None if by none."""
        before = self.search(
            [
                ("calendar_id", "=", self.calendar_id.id),
                ("company_id", "=", self.company_id.id),
                ("number", "=", self.number - 1),
            ]
        )
        calendar = self.calendar_id.exists()
        if not before or not calendar:
            return None
        change = calendar._change_between(
            *(self.company_id, before.id, self.at),
            *(before._schedule(), self._schedule()),
        )
        return change and change._replace(new=self.id)

    def _schedule(self):
        """Return the :class:`~..engine.schedule.Schedule` of this version.

        :raise ValueError: there is no such version
        """
        digest = self._digest()
        known = KNOWN_SCHEDULES.get(digest)
        if known is None:
            [[text]] = self.env.execute_query(
                SQL(
                    "SELECT schedule FROM resource_worktime_version WHERE id = %s",
                    self.id,
                )
            )
            known = KNOWN_SCHEDULES[digest] = Schedule.from_json(text)
        return known

    def _digest(self):
        """Return the digest of this version.

        :raise ValueError: there is no such version
        """
        self.ensure_one()
        rows = self.env.execute_query(
            SQL("SELECT digest FROM resource_worktime_version WHERE id = %s", self.id)
        )
        if not rows:
            raise ValueError(f"There is no version {self.id} of working time.")
        return rows[0][0]

    @api.model
    def _last(self, calendar_id, company_id):
        """Return (id, digest, fingerprint) of the last version of a pair, or None."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, digest, fingerprint FROM resource_worktime_version
                 WHERE calendar_id = %s AND COALESCE(company_id, 0) = %s
                 ORDER BY number DESC LIMIT 1
                """,
                calendar_id,
                company_id or 0,
            )
        )
        return rows[0] if rows else None

    @api.model
    def _last_of_calendar(self, calendar_id):
        """Return the id of the newest version of a calendar, of whatever company."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM resource_worktime_version WHERE calendar_id = %s
                 ORDER BY id DESC LIMIT 1
                """,
                calendar_id,
            )
        )
        return rows and rows[0][0]

    @api.model
    def _last_of_all(self):
        """Return (id, number, calendar id, company id, digest, fingerprint) of the last ones.

        Only of calendars that are still there.
        """
        return self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (v.calendar_id, COALESCE(v.company_id, 0))
                       v.id, v.number, v.calendar_id, v.company_id, v.digest,
                       v.fingerprint
                  FROM resource_worktime_version v
                  JOIN resource_calendar c ON c.id = v.calendar_id
                 ORDER BY v.calendar_id, COALESCE(v.company_id, 0), v.number DESC
                """
            )
        )

    @api.model
    def _known_at(self, calendar_id, company, at):
        """Return the id of the version of which one knew at an instant, or None.

        The first one is also what is assumed of the time before anything was known.

        :param calendar_id: of a calendar that may be gone
        :param at: naive UTC datetime
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM resource_worktime_version
                 WHERE calendar_id = %s AND COALESCE(company_id, 0) = %s
                   AND (recorded_at <= %s OR number = 1)
                 ORDER BY number DESC LIMIT 1
                """,
                calendar_id,
                company.id or 0,
                at,
            )
        )
        return rows[0][0] if rows else None

    @api.model
    def _later(self, version_ids):
        """Return {version: (the next version, when)} of these and all that come after.

        :param version_ids: ids
        :return: ids; instants as naive UTC datetimes
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT v.id, n.id, n.at
                  FROM resource_worktime_version w
                  JOIN resource_worktime_version v
                    ON v.calendar_id = w.calendar_id AND v.number >= w.number
                   AND COALESCE(v.company_id, 0) = COALESCE(w.company_id, 0)
                  JOIN resource_worktime_version n
                    ON n.calendar_id = v.calendar_id AND n.number = v.number + 1
                   AND COALESCE(n.company_id, 0) = COALESCE(v.company_id, 0)
                 WHERE w.id = ANY(%s)
                """,
                array(version_ids),
            )
        )
        return {old: (new, at) for old, new, at in rows}

    @api.model
    def _superseded(self, at=None):
        """Return the SQL of the ids of the versions after which another one came.

        :param at: by then: naive UTC
        """
        return SQL(
            """
            SELECT v.id FROM resource_worktime_version v
              JOIN resource_worktime_version n
                ON n.calendar_id = v.calendar_id AND n.number = v.number + 1
               AND COALESCE(n.company_id, 0) = COALESCE(v.company_id, 0)
             WHERE %s
            """,
            SQL("n.at <= %s", at) if at else SQL("TRUE"),
        )

    @api.model
    def _next_ids(self, count):
        """Return ids for versions that are going to be appended."""
        if not count:
            return []
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval('resource_worktime_version_id_seq')"
                " FROM generate_series(1, %s)",
                count,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _append(self, rows):
        """Append versions, given as dicts of all columns (schedule as a Schedule).

        Who is overtaken by another transaction collides and begins anew.
        """
        if not rows:
            return
        for row in rows:
            schedule = row["schedule"]
            row["hours_per_week"] = schedule.hours.week_seconds() / 3600
            row["schedule"], row["digest"] = schedule.to_json(), schedule.digest()
            KNOWN_SCHEDULES[row["digest"]] = schedule
        columns = {
            **dict.fromkeys(("id", "calendar_id", "company_id", "number"), "int"),
            **dict.fromkeys(("at", "recorded_at"), "timestamp"),
            "user_id": "int",
            **dict.fromkeys(("hours_per_week", "gained_hours", "lost_hours"), "float"),
            **dict.fromkeys(("name", "kind", "reason"), "varchar"),
            **dict.fromkeys(("schedule", "digest", "fingerprint"), "varchar"),
        }
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO resource_worktime_version (%s)
                SELECT * FROM unnest(%s)
                ON CONFLICT DO NOTHING
                """,
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(
                    array([_plain(row.get(name)) for row in rows], kind)
                    for name, kind in columns.items()
                ),
            )
        )
        self.invalidate_model()


def _plain(value):
    return fields.Datetime.to_string(value) if hasattr(value, "hour") else value


def _clock_span(pair):
    """Return wall-clock seconds as text.

    >>> _clock_span((32400, 86400))
    '09:00–24:00'
    """
    return "–".join(f"{at // 3600:02}:{at // 60 % 60:02}" for at in pair)
