from . import res_company
from . import resource_calendar
from . import resource_calendar_leaves
from . import vip_audit_log
from . import vip_job_mixin
from . import vip_import_mixin
