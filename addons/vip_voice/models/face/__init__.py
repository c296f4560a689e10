from . import res_partner
from . import vip_first_hour
from . import vip_home
