from . import test_access
from . import test_engine_schedule
from . import test_engine_worktime
from . import test_holiday_load
from . import test_makeup_day
from . import test_own_chinese
from . import test_worktime_calendar
from . import test_worktime_proof
