from . import res_partner_activity
from . import res_partner_known
from . import res_partner_known_service
from . import res_partner_people
from . import res_partner_bands
