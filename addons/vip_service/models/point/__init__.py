from . import vip_key_point_rule
from . import vip_key_point_condition
from . import vip_client_hint
from . import vip_key_point_outcome
from . import vip_key_point_showing
from . import vip_key_point_retired
from . import res_partner_point
from . import res_partner_point_said
