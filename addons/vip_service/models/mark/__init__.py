from . import vip_client_mark
from . import vip_client_check
from . import res_partner_mark
