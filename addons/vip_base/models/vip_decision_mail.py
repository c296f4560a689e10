import logging
from datetime import datetime, time, timedelta

from pytz import UTC, timezone

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.digest import Row
from ..tools.groups import MANAGER_GROUP, SETTINGS_GROUPS
from ..tools.prefetch import RARE, SETTINGS
from ..tools.shared import share
from ..tools.times import event_time
from ..tools.written import reader_zone, written_moment

_logger = logging.getLogger(__name__)

#: The hour of the reader's day from which the mail goes out.
MORNING = 8
#: So many of one kind stand in the mail, those that wait longest; the others are counted.
SHOWN = 5
#: Among so many the reader's own are looked for.
LOOKED_AT = 40


class ResCompany(models.Model):
    _inherit = "res.company"

    vip_decisions_mail = fields.Boolean(
        string="Daily mail of decisions waiting",
        default=True,
        groups=SETTINGS_GROUPS,
        prefetch=SETTINGS,
        help="Each working day its managers are told what waits for their decision.",
    )


class ResUsers(models.Model):
    _inherit = "res.users"

    vip_decisions_mail = fields.Boolean(
        string="Daily mail of decisions waiting",
        default=True,
        groups="base.group_user",
        prefetch=RARE,
        help="Each working day: what waits for your decision, and since when.",
    )
    vip_decisions_told_on = fields.Date(
        string="Told of decisions on",
        readonly=True,
        copy=False,
        groups="base.group_system",
        prefetch=RARE,
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "vip_decisions_mail"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "vip_decisions_mail"]


class VipDecisionMixin(models.AbstractModel):
    """What a mail says of a decision that waits."""

    _inherit = "vip.decision.mixin"

    def _decision_row(self):
        """Return this as a row of a mail, in the reader's language and zone.

        To be extended by who knows whom it is about.
        """
        self.ensure_one()
        since = self[self._decisions_since]
        # As superuser: who it was, which the reader may not be allowed to read.
        proposer = self._proposer_field and self.sudo()[self._proposer_field]
        others = self._eligible_deciders() - self.env.user
        note = self.env._("only you may decide")
        if others:
            note = self.env._("may decide, too: %s", ", ".join(others.mapped("name")))
        return Row(
            title=self.display_name or "",
            due=since and self.env._("since %s", written_moment(self.env, since)) or "",
            holder=proposer and self.env._("by %s", proposer.name) or "",
            note=note,
            todo=self.env._("Decide"),
            url=self._decision_url(),
        )

    @api.model
    def _decisions_url(self):
        """Return the address of the list of what waits."""
        # As superuser: where its window is; what it shows is read by own rights.
        window = self.env.ref(self._decisions_action).sudo()
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        return f"{base}/odoo/{window.path or f'action-{window.id}'}"

    def _decision_url(self):
        return f"{self._decisions_url()}/{self.id}"


class VipHome(models.AbstractModel):
    """What waits for a manager, once a day by mail."""

    _inherit = "vip.home"

    @api.model
    def _cron_tell_decisions(self):
        """Tell each manager once a day, in their morning, what waits for them.

        Each person is a transaction of its own; who cannot be reached keeps nobody else
        waiting.
        """
        cron = self.env["ir.cron"]
        users = self._told_of_decisions()
        cron._commit_progress(remaining=len(users))
        for user in users:
            try:
                self._tell_decisions(user, event_time(self.env))
                self.env.flush_all()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Decisions: user %s is not told", user.id)
            if not cron._commit_progress(1):
                break

    @api.model
    def _told_of_decisions(self):
        """Return the managers who want to be told, of companies that want it."""
        # As superuser: the job serves every company.
        managers = self.env.ref(MANAGER_GROUP).sudo().all_user_ids
        return managers.filtered(
            lambda user: (
                user._is_internal()
                and user.active
                and user.vip_decisions_mail
                and user.company_id.vip_decisions_mail
            )
        )

    @api.model
    def _tell_decisions(self, user, at):
        """Tell a manager what waits, if their morning has come and nobody did so today.

        :param at: naive UTC
        :return: whether they were told
        """
        zone = timezone(reader_zone(self.with_user(user).env, user.company_id))
        local = UTC.localize(at).astimezone(zone)
        if local.hour < MORNING or not self._works_on(user, local.date(), zone):
            return False
        groups, count = self._decisions_of(user)
        if not groups or not self._first_today(user, local.date()):
            return False
        reader = self.env["vip.digest"]._reader(user)
        reader._tell(
            user,
            reader.env._("Decisions that wait for you: %s", count),
            groups,
            intro=reader.env._(
                "Nobody decides on what they proposed themselves: these wait for you."
            ),
            more=reader.env._("All that waits is on your home"),
            url=f"{user.get_base_url()}/odoo/vip-home",
        )
        return True

    @api.model
    def _works_on(self, user, day, zone):
        """Return whether a day is a working day of a person: no holiday, no leave."""
        begins = zone.localize(datetime.combine(day, time.min))
        ends = zone.localize(datetime.combine(day + timedelta(days=1), time.min))
        # As superuser: working hours and approved leave, for whoever runs the job.
        calendar = user.company_id.sudo().resource_calendar_id
        if calendar and not calendar._work_intervals_batch(begins, ends)[False]:
            return False
        start, stop = (
            one.astimezone(UTC).replace(tzinfo=None) for one in (begins, ends)
        )
        leaves = self.env["resource.calendar.leaves"].sudo()
        away = leaves._approved_leaves(user.ids, start, stop)
        noon = (begins + timedelta(hours=12)).timestamp()
        return not any(
            begin <= noon < end for spans in away.values() for begin, end in spans
        )

    @api.model
    def _first_today(self, user, day):
        """Return whether nobody told a person on this day yet; from now on somebody has.

        Of two jobs at once the database lets one.
        """
        user.flush_recordset(["vip_decisions_told_on"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_users SET vip_decisions_told_on = %(day)s
                 WHERE id = %(user)s AND (vip_decisions_told_on IS NULL
                                          OR vip_decisions_told_on < %(day)s)
                RETURNING id
                """,
                day=day,
                user=user.id,
            )
        )
        user.invalidate_recordset(["vip_decisions_told_on"])
        return bool(self.env.cr.rowcount)

    @api.model
    def _decisions_of(self, user):
        """Return what waits for a manager: groups of rows for a mail, and how many.

        It is counted as on their home, by their own rights.
        """
        # What the names of others were in their language is not what they are in this.
        self.env.invalidate_all()
        reader = self.env["vip.digest"]._reader(user)
        companies = (user.company_id | user.company_ids).ids
        home = share(
            self.with_user(user).with_context(
                **reader.env.context, allowed_company_ids=companies
            )
        )
        tiles = home._decision_tiles()
        counted = home._count(tiles)
        groups, total = [], 0
        for tile in sorted(tiles, key=lambda one: counted[one.key]["oldest"] or "9"):
            told = counted[tile.key]
            if told["count"]:
                total += told["count"]
                groups.append((home._decisions_title(tile, told), home._rows_of(tile)))
        return groups, total

    @api.model
    def _decisions_title(self, tile, told):
        """Return the heading of one kind: what it is, how many, what is at stake."""
        parts = [f"{tile.label}: {told['count']}"]
        parts += [note["text"] for note in told["notes"]]
        return " · ".join(parts)

    @api.model
    def _rows_of(self, tile):
        """Return the rows of one kind, those that wait longest first."""
        waiting = self.env[tile.model].search(
            Domain(tile.which()), order=f"{tile.oldest}, id", limit=LOOKED_AT
        )
        mine = waiting.filtered(lambda one: one._is_decider())
        rows = [record._decision_row() for record in mine[:SHOWN]]
        if len(waiting) > len(rows):
            rows.append(
                Row(
                    title=self.env._("All that wait"),
                    todo=self.env._("Open the list"),
                    url=waiting._decisions_url(),
                )
            )
        return rows
