from . import vip_contact
from . import vip_late_contact
from . import res_partner
from . import mail_message
from . import mail_template
from . import mail_thread
from . import base_partner_merge
