from . import res_company
from . import res_config_settings
from . import res_company_calendar
from . import res_users
from . import resource_calendar_promise
