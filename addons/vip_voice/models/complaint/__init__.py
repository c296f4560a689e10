from . import vip_complaint_setup
from . import vip_complaint
from . import vip_complaint_action
from . import vip_complaint_verify
from . import vip_complaint_part
from . import vip_complaint_alike
from . import vip_complaint_letter
from . import helpdesk_ticket
