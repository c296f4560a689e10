from . import vip_tier_change_apply
from . import vip_tier_change_expire
from . import vip_tier_change_log
from . import vip_tier_change_opinion
from . import vip_tier_change_override
from . import vip_tier_change_stake
from . import vip_tier_change_take_back
from . import vip_tier_change_together
