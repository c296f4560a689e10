from . import vip_answer_entry
from . import vip_client_group_end
from . import vip_contact_log
from . import vip_contact_plan
from . import vip_tier_change_decision
from . import vip_tier_opinion
from . import vip_tier_review_reason
from . import vip_letter
