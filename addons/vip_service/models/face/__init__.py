from . import helpdesk_ticket
from . import res_partner_badge
from . import res_partner_health
from . import res_partner_key_point
from . import res_partner_next_action
from . import res_partner_request
from . import res_partner_story
