from . import sla_outage
from . import sla_outage_events
