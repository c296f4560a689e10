from . import sla_takeover
from . import sla_takeover_line
