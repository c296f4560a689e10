from . import base_partner_merge
from . import res_partner
from . import res_partner_face
from . import res_partner_portal
from . import vip_personal
from . import vip_tier_backtest
from . import vip_tier_backtest_ticket
from . import vip_tier_change
