from . import helpdesk_ticket
from . import res_users
from . import sla_breach
from . import sla_clock
from . import sla_excuse
from . import sla_extension
from . import vip_late_contact
from . import vip_tier_change
