from . import sla_contact_log
from . import sla_policy_new_version
