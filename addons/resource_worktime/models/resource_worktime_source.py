from dataclasses import dataclass, field
from datetime import datetime

from odoo import api, models

from odoo.addons.vip_base.tools.times import event_time

#: Where a transaction keeps the versions that it has read: by pair and by id.
HEADS = "resource_worktime_heads"
#: Where it keeps first versions that are to be written when it ends.
FIRSTS = "resource_worktime_firsts"
#: Where it keeps that it has changed what working time is made of: a Change.
CHANGED = "resource_worktime_change"
#: Whether it writes versions when it ends.
DUE = "resource_worktime_due"


@dataclass
class Change:
    """A change of this transaction that has no version yet.

    :param at: event time (naive UTC)
    :param uid: id of the user who made it
    :param calendar_ids: calendars whose hours were touched
    :param names: what was changed, by name, as long as it is everybody's
    :param kept: {(calendar id, company id): what counts meanwhile}
    """

    at: datetime
    uid: int
    calendar_ids: set = field(default_factory=set)
    names: list = field(default_factory=list)
    kept: dict = field(default_factory=dict)


class ResourceWorktimeSource(models.AbstractModel):
    """Mixin of the models from which the working time of a calendar is made.

    Before a transaction ends, what it has changed becomes a version.
    """

    _name = "resource.worktime.source"
    _description = "Source of Working Time"
    _inherit = ["resource.worktime.previewed"]

    @api.model_create_multi
    def create(self, vals_list):
        self._keep_other_instant()
        records = super().create(vals_list)
        records._note_worktime_change()
        return records

    def write(self, vals):
        self._keep_other_instant()
        self._note_worktime_change()
        result = super().write(vals)
        self._note_worktime_change()
        return result

    def unlink(self):
        self._keep_other_instant()
        self._note_worktime_change()
        return super().unlink()

    def _worktime_relevant(self):
        """Return those of these records that say something about working time."""
        return self

    def _worktime_hours_of(self):
        """Return the calendars whose hours these records say."""
        return self.env["resource.calendar"]

    def _worktime_names(self):
        """Return by what names these records are told in the reason of a version."""
        return []

    def _keep_other_instant(self):
        """Give what was before, or was changed at another event time, its version first."""
        data = self.env.cr.precommit.data
        change = data.get(CHANGED)
        if change and change.at != event_time(self.env):
            self.env["resource.calendar"]._keep_worktime()
        elif FIRSTS in data and not change:
            # Somebody has counted by it already.
            self.env["resource.calendar"]._keep_firsts()
            data.pop(FIRSTS)

    def _note_worktime_change(self):
        # As superuser: who changes them may not read all of them.
        records = self.sudo()._worktime_relevant()
        if not records:
            return
        data = self.env.cr.precommit.data
        if CHANGED not in data:
            data[CHANGED] = Change(event_time(self.env), self.env.uid)
            self.env["resource.calendar"]._keep_when_done()
        change = data[CHANGED]
        change.calendar_ids.update(records._worktime_hours_of().ids)
        for name in records._worktime_names():
            if name not in change.names:
                change.names.append(name)
