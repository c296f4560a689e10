from . import res_partner
from . import res_partner_client_360
from . import res_partner_portal
from . import res_partner_story
from . import vip_first_hour
from . import vip_home
