from . import vip_tier_change_decision
