from . import sla_whatif
from . import sla_policy_trial
from . import sla_whatif_line
from . import sla_whatif_past
