from . import vip_home
from . import res_partner
from . import res_partner_client_360
from . import res_partner_story
from . import res_partner_portal
