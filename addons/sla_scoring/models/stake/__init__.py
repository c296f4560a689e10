from . import res_users
from . import score_appeal
from . import score_entry
from . import sla_breach
from . import vip_late_contact
