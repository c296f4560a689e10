from . import sla_breach
from . import sla_breach_record
from . import sla_breach_reason
from . import sla_excuse
