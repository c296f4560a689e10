from . import helpdesk_ticket
from . import res_partner
from . import res_partner_record
