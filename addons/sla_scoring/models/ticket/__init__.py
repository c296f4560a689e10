from . import helpdesk_ticket
from . import helpdesk_ticket_stage
from . import helpdesk_ticket_team
