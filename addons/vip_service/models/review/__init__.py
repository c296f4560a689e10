from . import vip_tier_review_again
from . import vip_tier_review_wait
from . import vip_tier_correction
