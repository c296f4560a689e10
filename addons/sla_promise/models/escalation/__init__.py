from . import sla_escalation
from . import sla_notice
from . import sla_notice_send
