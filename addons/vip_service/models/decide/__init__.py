from . import vip_decision_mixin
from . import vip_tier_change_opinion
from . import vip_tier_change_stake
from . import vip_tier_change_take_back
from . import vip_tier_change_together
