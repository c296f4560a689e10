from . import vip_feedback
from . import vip_answer
from . import sla_obligation
