from . import vip_home
from . import vip_personal
