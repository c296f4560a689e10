from . import vip_cause
from . import vip_improvement
from . import vip_personal
