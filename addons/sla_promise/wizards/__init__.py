from . import sla_intervene
from . import sla_move
from . import sla_policy_new_version
