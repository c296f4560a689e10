from . import helpdesk_ticket_live
from . import helpdesk_ticket_may_own
from . import vip_home
from . import vip_personal
