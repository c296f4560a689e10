from . import res_users
from . import score_appeal
from . import score_entry
from . import sla_breach
from . import sla_whatif
from . import vip_late_contact
