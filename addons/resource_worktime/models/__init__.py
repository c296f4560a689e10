from . import resource_worktime_source
from . import resource_calendar
from . import resource_calendar_attendance
from . import resource_calendar_leaves
from . import resource_holiday_load
from . import resource_holiday_load_line
from . import resource_makeup_day
