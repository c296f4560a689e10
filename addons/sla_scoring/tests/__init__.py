from . import test_engine_attribution
from . import test_engine_clock
from . import test_engine_doctests
from . import test_engine_worktime
from . import test_host_rating_chinese
from . import test_worktime_calendar
