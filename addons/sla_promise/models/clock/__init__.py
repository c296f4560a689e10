from . import sla_clock
from . import sla_clock_due
from . import sla_clock_recount
from . import sla_clock_unnoticed
from . import sla_clock_explain
from . import sla_span
from . import sla_step
from . import sla_extension
