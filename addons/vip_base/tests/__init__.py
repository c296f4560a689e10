from . import test_access
from . import test_audit_log
from . import test_frozen_rows
from . import test_groups
from . import test_kept_plan
from . import test_leave_entitled
from . import test_own_chinese
from . import test_past_rows
