from . import vip_home
from . import res_partner
