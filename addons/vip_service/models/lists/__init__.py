from . import res_partner
from . import res_partner_search
from . import vip_tier_outlook
