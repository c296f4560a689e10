from datetime import datetime
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import ValidationError
from odoo.tools.lru import LRU

from odoo.addons.vip_base.tools.times import at_context, event_time

from ..engine.worktime import to_epoch
from .resource_calendar_told import hours_of
from .resource_worktime_source import CHANGED, DUE, FIRSTS, HEADS

#: (digest of a version, fingerprint of rows that say the same in other words).
SAME_MEANING = LRU(256)
#: Names in the reason of a version.
MOST_NAMES = 5


class WorktimeChange(NamedTuple):
    """A change of the working time of a calendar for a company.

    :param calendar: ``resource.calendar``, as superuser
    :param company: ``res.company``, as superuser
    :param old: id of the version before
    :param new: id of the version from now on
    :param at: event time (naive UTC): hours hold from then on
    :param kind: ``undated`` (hours), ``dated`` (leaves, make-up days) or ``both``
    :param start: first instant that is concerned, epoch seconds
    :param stop: the last one, None without an end
    :param gained: spans of epoch seconds worked by dates that were not before
    :param lost: the reverse
    """

    calendar: models.BaseModel
    company: models.BaseModel
    old: int
    new: int
    at: datetime
    kind: str
    start: int
    stop: int | None
    gained: tuple
    lost: tuple


class ResourceCalendar(models.Model):
    """A change of working time becomes a version, and others are told of it."""

    _inherit = "resource.calendar"

    # ------------------------------------------------------------------
    # Hooks
    # ------------------------------------------------------------------

    @api.model
    def _worktime_changed(self, changes):
        """React to changes that have just become versions. To be extended.

        Called once per transaction, before it ends, as the user who made the change.

        :param changes: list of :class:`WorktimeChange`
        :return: what the person is told of the effects: list of dicts with ``text`` and,
            where there is something to open, ``action``
        """
        return []

    @api.model
    def _preview_worktime_change(self, changes, record):
        """Return what changes would do that are about to be taken back. To be extended.

        Called while they are in force, as the user who asks.

        :param changes: list of :class:`WorktimeChange`
        :param record: what was changed: calendar, leave, make-up day, …; empty if new
        :return: as :meth:`_worktime_changed`
        """
        return []

    def _is_in_use(self):
        """Tell whether somebody relies on this calendar's having working time.

        To be extended by who does.
        """
        self.ensure_one()
        return False

    def _check_worktime_change(self):
        """Refuse hours that nobody can rely on where somebody does.

        Called for calendars whose hours were touched, before the transaction ends.

        :raise ValidationError: a calendar in use would have no fixed working time
        """
        for calendar in self.sudo():  # whoever changes it, others rely on it
            if not calendar._has_worktime() and calendar._is_in_use():
                raise ValidationError(
                    self.env._(
                        "The working schedule “%s” is in use: it needs fixed hours, "
                        "and at least one that is worked.",
                        calendar.name,
                    )
                )

    # ------------------------------------------------------------------
    # Keeping versions
    # ------------------------------------------------------------------

    @api.model
    def _keep_when_done(self):
        """Have what this transaction changes become versions before it ends."""
        precommit = self.env.cr.precommit
        if not precommit.data.get(DUE):
            precommit.data[DUE] = True
            precommit.add(self._keep_worktime)

    @api.model
    def _keep_worktime(self):
        """Write the versions that this transaction has made necessary; tell others.

        :raise ValidationError: see :meth:`_check_worktime_change`
        """
        change = self.env.cr.precommit.data.get(CHANGED)
        if change and change.uid != self.env.uid:
            self = self.with_user(change.uid)
        self._after_worktime_change(self._take_worktime_changes())

    @api.model
    def _take_worktime_changes(self):
        """Write the versions that this transaction has made necessary.

        :return: list of :class:`WorktimeChange`
        :raise ValidationError: see :meth:`_check_worktime_change`
        """
        data = self.env.cr.precommit.data
        change = data.get(CHANGED)
        if change:
            self.browse(change.calendar_ids).exists()._check_worktime_change()
        self._keep_firsts()
        for name in (CHANGED, FIRSTS, HEADS, DUE):
            data.pop(name, None)
        return self._append_versions(change.at, change.names) if change else []

    def _know_worktime(self):
        """Have a first version of these calendars, each for its company."""
        for calendar in self.sudo():  # only whether there is a version of them
            calendar._kept_now(calendar.company_id or self.env.company)

    @api.model
    def _look_for_unnoticed(self, at=None):
        """Find changes that nobody noticed, such as by SQL: they hold from now on.

        :param at: when they are seen (naive UTC); the event time if not given
        :return: list of :class:`WorktimeChange`
        """
        changes = self._append_versions(at or event_time(self.env))
        self._after_worktime_change(changes)
        return changes

    @api.model
    def _cron_look_for_unnoticed(self):
        self._look_for_unnoticed()

    @api.model
    def _keep_firsts(self):
        data = self.env.cr.precommit.data
        firsts = data.get(FIRSTS)
        if not firsts:
            return
        fingerprints = self._worktime_fingerprints(firsts)
        at = data[CHANGED].at if CHANGED in data else self._change_time()
        rows = []
        for key, fingerprint in fingerprints.items():
            calendar, company = self._of_pair(*key)
            if CHANGED in data:
                calendar._kept_first(company, key)  # as the rows are by now
            row = calendar._version_row(company, at, "first")
            kept = firsts[key]
            row |= {"number": 1, "id": kept.version, "schedule": kept.schedule}
            rows.append(row | {"fingerprint": fingerprint})
        self.env["resource.worktime.version"]._append(rows)

    @api.model
    def _append_versions(self, at, names=()):
        """Append a version where the rows mean something else than the last one.

        :param at: naive UTC datetime
        :param names: of what was changed, for the reason
        :return: list of :class:`WorktimeChange`
        """
        versions = self.env["resource.worktime.version"]
        last = {
            (calendar_id, company_id or 0): (version, number, digest, fingerprint)
            for version, number, calendar_id, company_id, digest, fingerprint in (
                versions._last_of_all()
            )
        }
        rows, changes = [], []
        fingerprints = self._worktime_fingerprints(last) if last else {}
        for key, fingerprint in fingerprints.items():
            version, number, digest, known = last[key]
            if fingerprint == known or (digest, fingerprint) in SAME_MEANING:
                continue
            calendar, company = self._of_pair(*key)
            old = versions.browse(version)._schedule()
            new = calendar._schedule_now(company, to_epoch(at), old)
            change = calendar._change_between(company, version, at, old, new)
            if change is None:
                SAME_MEANING[digest, fingerprint] = True
                continue
            row = calendar._version_row(company, at, change.kind)
            row |= {"number": number + 1, "schedule": new, "fingerprint": fingerprint}
            row |= {
                "gained_hours": hours_of(change.gained),
                "lost_hours": hours_of(change.lost),
                "reason": ", ".join(names[:MOST_NAMES]) or None,
            }
            rows.append(row)
            changes.append(change)
        ids = versions._next_ids(len(rows))
        versions._append(
            [{**row, "id": new} for row, new in zip(rows, ids, strict=True)]
        )
        self.env.cr.precommit.data.pop(HEADS, None)
        return [
            change._replace(new=new) for change, new in zip(changes, ids, strict=True)
        ]

    def _change_between(self, company, version, at, old, new):
        """Return the :class:`WorktimeChange` from one schedule to another, None if none."""
        hours = not new.same_hours(old)
        gained, lost = new.dated_changes(old)
        if not (hours or gained or lost):
            return None
        dates = [edge for span in gained + lost for edge in span]
        start = min([to_epoch(at)] * hours + dates)
        kind = "both" if hours and dates else "undated" if hours else "dated"
        return WorktimeChange(
            calendar=self,
            company=company,
            old=version,
            new=0,
            at=at,
            kind=kind,
            start=start,
            stop=None if hours else max(dates),
            gained=tuple(gained),
            lost=tuple(lost),
        )

    def _version_row(self, company, at, kind):
        return {
            "calendar_id": self.id,
            "company_id": company.id or None,
            "name": self.name,
            "at": at,
            "recorded_at": at,
            "kind": kind,
            "user_id": self.env.uid,
            "gained_hours": 0,
            "lost_hours": 0,
        }

    @api.model
    def _of_pair(self, calendar_id, company_id):
        """Return calendar and company, as superuser: whoever changes what they share."""
        company = self.env["res.company"].sudo().browse(company_id or ())
        return self.sudo().browse(calendar_id), company

    @api.model
    def _change_time(self):
        return event_time(self.env)

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------

    @api.model
    def _after_worktime_change(self, changes):
        if not changes:
            return
        self._log_worktime_change(changes)
        effects = self._worktime_changed(changes)
        self._tell_worktime_change(changes, effects)

    @api.model
    def _log_worktime_change(self, changes):
        """Leave a line in the audit log for each version."""
        log = self.env["vip.audit.log"].with_context(**at_context(changes[0].at))
        versions = self.env["resource.worktime.version"].sudo()  # the log keeps all
        versions = versions.browse(change.new for change in changes)
        log._record(
            versions,
            "created",
            # What one transaction changed has one reason.
            reason=versions[:1].reason,
            new=lambda version: {
                name: version[name] or None
                for name in ("kind", "hours_per_week", "gained_hours", "lost_hours")
            },
        )

    @api.model
    def _tell_worktime_change(self, changes, effects):
        """Tell the person who made changes, in one notice with a link to the versions."""
        versions = self.env["resource.worktime.version"]
        title = self.env._("Versions of working time")
        link = versions.has_access("read") and {
            "text": title,
            "action": {
                "type": "ir.actions.act_window",
                "name": title,
                "res_model": versions._name,
                "views": [[False, "list"], [False, "form"]],
                "domain": [("id", "in", [change.new for change in changes])],
            },
        }
        lines = [{"text": line} for line in self._worktime_change_lines(changes)]
        self._tell_effects([*lines, *effects, *filter(None, [link])])

    @api.model
    def _tell_effects(self, effects):
        """Show the current person what came of a change of working time.

        :param effects: dicts with ``text`` and perhaps ``action``
        """
        user = self.env.user
        if user.id == SUPERUSER_ID or not user._is_internal():
            return
        title = self.env._("Working time has changed")
        user._bus_send(
            "resource_worktime_changed", {"title": title, "effects": effects}
        )
