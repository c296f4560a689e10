from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, human_size

from ..tools.groups import ADMIN_GROUP, AUDITOR_GROUP
from ..tools.setup import Check
from ..tools.times import event_time
from ..tools.written import written_length, written_moment, written_number

#: A job that ought to have run so long ago is behind.
BEHIND = timedelta(minutes=30)
#: Mail that did not arrive is news for so long.
LATELY = timedelta(days=7)
#: So many of the largest tables are shown.
TABLES = 8
#: Written by who makes the backups, see docs/operations.md: when the last one was made.
BACKUP_AT = "vip_base.backup_at"
#: A back-up older than this is too old.
BACKUP_AGE = timedelta(hours=36)


class VipOperations(models.AbstractModel):
    """How the service runs, and what to do where it does not.

    Each addon adds what it looks at; nothing is stored.
    """

    _name = "vip.operations"
    _description = "Operations"

    @api.model
    @api.readonly
    def page(self):
        """Return the parts of the page, each with what is looked at.

        :raise AccessError: neither an administrator nor an auditor
        """
        user = self.env.user
        if not (user.has_group(ADMIN_GROUP) or user.has_group(AUDITOR_GROUP)):
            raise AccessError(self.env._("Administrators look after operations."))
        checks = self._checks()
        return {
            "wrong": sum(check.wrong for check in checks),
            "at": fields.Datetime.to_string(event_time(self.env)),
            "parts": [
                {
                    "key": key,
                    "label": label,
                    "checks": [
                        self._told(check)
                        for check in sorted(
                            checks, key=lambda one: (not one.wrong, one.sequence)
                        )
                        if check.part == key
                    ],
                }
                for key, label in self._watch_parts().items()
            ],
        }

    @api.model
    def _told(self, check):
        return {
            "key": check.key,
            "title": check.title,
            "text": check.text,
            "wrong": check.wrong,
            "todo": check.todo if check.wrong else "",
            "action": self.env["vip.first.hour"]._window(check.action),
            "rows": [list(row) for row in check.rows],
        }

    # To be extended

    @api.model
    def _watch_parts(self):
        """Return {key: label} of the parts of the page, in order."""
        return {
            "jobs": self.env._("Jobs"),
            "data": self.env._("Rows put aside and gaps"),
            "mail": self.env._("Mail"),
            "store": self.env._("Database and back-up"),
        }

    @api.model
    def _checks(self):
        """Return what is looked at (``tools/setup.py``), in any order. To be extended."""
        return [
            self._jobs_check(),
            self._failing_check(),
            self._bounced_check(),
            self._server_check(),
            self._tables_check(),
            self._backup_check(),
            self._zone_check(),
        ]

    # What the ground looks at

    @api.model
    def _jobs_check(self):
        """Tell which jobs ought to have run already."""
        at = event_time(self.env)
        # As superuser: the host shows jobs to system administrators only.
        jobs = self.env["ir.cron"].sudo()
        behind = jobs.search([("nextcall", "<", at - BEHIND)], order="nextcall")
        text = self.env._("all have run in time")
        if behind:
            since = (at - behind[0].nextcall).total_seconds()
            text = self.env._(
                "%(count)s behind, the oldest since %(time)s",
                count=len(behind),
                time=written_length(self.env, since),
            )
        return Check(
            "vip_base/jobs",
            "jobs",
            self.env._("Scheduled jobs"),
            text,
            wrong=bool(behind),
            todo=self.env._(
                "Look whether a process with max_cron_threads above 0 runs on this "
                "database, and in its log whether a job takes long."
            ),
            rows=tuple(
                (job.cron_name, written_moment(self.env, job.nextcall))
                for job in behind[:TABLES]
            ),
            sequence=10,
        )

    @api.model
    def _failing_check(self):
        count = self.env["vip.failing.job"].search_count([])
        return Check(
            "vip_base/failing",
            "jobs",
            self.env._("Failing jobs"),
            str(count) if count else self.env._("none"),
            wrong=bool(count),
            todo=self.env._(
                "Why is in the server's log. A job that fails for a week is switched off."
            ),
            action="vip_base.vip_failing_job_action" if count else None,
            sequence=20,
        )

    @api.model
    def _bounced_check(self):
        """Tell how much mail did not arrive lately."""
        since = event_time(self.env) - LATELY
        # As superuser: how many, not to whom.
        failed = self.env["mail.notification"].sudo()
        failed = failed.search_count(
            [
                ("notification_status", "in", ("bounce", "exception")),
                ("mail_message_id.date", ">", since),
            ]
        )
        waiting = self.env["mail.mail"].sudo()
        waiting = waiting.search_count([("state", "=", "exception")])
        wrong = bool(failed or waiting)
        text = self.env._("all has arrived in the last 7 days")
        if wrong:
            text = self.env._(
                "%(failed)s did not arrive in 7 days, %(waiting)s could not be sent",
                failed=failed,
                waiting=waiting,
            )
        return Check(
            "vip_base/bounced",
            "mail",
            self.env._("Mail that bounced"),
            text,
            wrong=wrong,
            todo=self.env._(
                "Correct the address on the contact, then send again under Settings ▸ "
                "Technical ▸ Emails (a system administrator)."
            ),
            sequence=10,
        )

    @api.model
    def _server_check(self):
        # As superuser: whether there is one.
        servers = self.env["ir.mail_server"].sudo().search_count([])
        return Check(
            "vip_base/server",
            "mail",
            self.env._("Outgoing mail"),
            self.env._("set") if servers else self.env._("not set"),
            wrong=not servers,
            todo=self.env._(
                "Promises run and clients hear nothing. A system administrator sets a "
                "server under Settings ▸ Technical ▸ Outgoing Mail Servers, unless the "
                "server's own configuration names one."
            ),
            first=True,
            sequence=20,
        )

    @api.model
    def _zone_check(self):
        """Tell whether the company counts its days where its administrator is."""
        zone, own = self.env.company._vip_zone(), self.env.user.tz
        wrong = bool(own and own != zone)
        text = self.env._("%(zone)s, yours is %(own)s", zone=zone, own=own)
        return Check(
            "vip_base/zone",
            "data",
            self.env._("Zone of the company"),
            text if wrong else zone,
            wrong=wrong,
            todo=self.env._(
                "Days, months and promises are counted in it: set the zone of the "
                "working hours before the first month, if it is not meant so."
            ),
            first=True,
            sequence=60,
        )

    @api.model
    def _tables_check(self):
        """Tell the largest tables of the service, and how many rows they have."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.relname, pg_total_relation_size(c.oid),
                       GREATEST(c.reltuples, 0)::bigint
                  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE c.relkind = 'r' AND n.nspname = current_schema()
              ORDER BY 2 DESC LIMIT %s
                """,
                TABLES,
            )
        )
        [[size]] = self.env.execute_query(
            SQL("SELECT pg_database_size(current_database())")
        )
        [[first]] = self.env.execute_query(SQL("SELECT min(at) FROM vip_audit_log"))
        text = human_size(size)
        if first:
            text = self.env._(
                "%(size)s, audit log since %(day)s",
                size=text,
                day=written_moment(self.env, first),
            )
        return Check(
            "vip_base/tables",
            "store",
            self.env._("Size and age"),
            text,
            rows=tuple(
                (name, f"{human_size(size)} · {written_number(self.env, count)}")
                for name, size, count in rows
            ),
            sequence=20,
        )

    @api.model
    def _backup_check(self):
        # As superuser: a parameter that says when, nothing else.
        told = self.env["ir.config_parameter"].sudo().get_param(BACKUP_AT)
        try:
            made = fields.Datetime.to_datetime(told)
        except ValueError:
            made = None
        at = event_time(self.env)
        wrong = not made or at - made > BACKUP_AGE
        text = self.env._("nobody has said when the last one was made")
        if made:
            age = written_length(self.env, (at - made).total_seconds())
            text = self.env._("%s old", age)
        return Check(
            "vip_base/backup",
            "store",
            self.env._("Last back-up"),
            text,
            wrong=wrong,
            todo=self.env._(
                "Make one of database and file store together, and let the job that does "
                "so write the system parameter vip_base.backup_at; see the page on "
                "operations."
            ),
            sequence=10,
        )
