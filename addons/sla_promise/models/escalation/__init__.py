from . import sla_escalation
from . import helpdesk_ticket
from . import sla_intervention
from . import sla_notice
from . import sla_notice_send
