from . import res_partner
from . import vip_cause
from . import vip_complaint
from . import vip_improvement
from . import vip_personal
