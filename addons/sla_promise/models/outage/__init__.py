from . import sla_outage
from . import sla_outage_follow
from . import sla_outage_decided
