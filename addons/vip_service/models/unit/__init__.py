from . import vip_unit
from . import vip_unit_team
from . import helpdesk_ticket_team
from . import res_partner
from . import res_users
