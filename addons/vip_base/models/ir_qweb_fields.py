from pytz import timezone, utc

from odoo import models

from ..tools.times import event_time, month_name
from ..tools.written import reader_zone, written_day, written_length, written_moment


class IrQwebFieldVipDay(models.AbstractModel):
    """A date in a page or a mail: ``t-options="{'widget': 'vip_day'}"``.

    With ``'words': True`` a page says "today" and "tomorrow"; a mail is read later. What is
    kept on paper has the year: ``'year': True``. Of a datetime it is the day in the zone
    of the reader.
    """

    _name = "ir.qweb.field.vip_day"
    _description = "Qweb Field: day"
    _inherit = "ir.qweb.field"

    def value_to_html(self, value, options):
        zone = options.get("zone") or reader_zone(self.env)
        if hasattr(value, "hour"):
            value = _local_date(value, zone)
        now = event_time(self.env)
        today = _local_date(now, zone) if options.get("words") else None
        return written_day(self.env, value, today, options.get("year"))


class IrQwebFieldVipMonth(models.AbstractModel):
    """The month of a date: ``t-options="{'widget': 'vip_month'}"``."""

    _name = "ir.qweb.field.vip_month"
    _description = "Qweb Field: month"
    _inherit = "ir.qweb.field"

    def value_to_html(self, value, options):
        return month_name(self.env, value)


class IrQwebFieldVipMoment(models.AbstractModel):
    """A datetime in a page or a mail: ``t-options="{'widget': 'vip_moment'}"``."""

    _name = "ir.qweb.field.vip_moment"
    _description = "Qweb Field: moment"
    _inherit = "ir.qweb.field"

    def value_to_html(self, value, options):
        now = event_time(self.env) if options.get("words") else None
        return written_moment(self.env, value, options.get("zone"), now)


class IrQwebFieldVipLength(models.AbstractModel):
    """Seconds as a length of time: ``t-options="{'widget': 'vip_length'}"``."""

    _name = "ir.qweb.field.vip_length"
    _description = "Qweb Field: length of time"
    _inherit = "ir.qweb.field"

    def value_to_html(self, value, options):
        return written_length(self.env, value)


def _local_date(at, zone):
    return utc.localize(at).astimezone(timezone(zone)).date()
