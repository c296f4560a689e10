from . import vip_cause
from . import vip_case_cause
