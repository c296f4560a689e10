from . import helpdesk_ticket
from . import res_partner_call
from . import res_partner_adviser
from . import res_partner_finished
from . import res_partner_items
from . import res_partner_portal
from . import res_partner_road
from . import res_users
