from . import vip_complaint_say
