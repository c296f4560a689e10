from . import helpdesk_ticket
from . import helpdesk_ticket_category
from . import helpdesk_ticket_channel
from . import helpdesk_ticket_client
from . import helpdesk_ticket_contact
from . import helpdesk_ticket_stage
from . import helpdesk_ticket_team
from . import vip_contact
