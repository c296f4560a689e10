from . import helpdesk_sla
from . import sla_clock
from . import sla_policy
from . import sla_span
