from . import sla_policy_new_version
