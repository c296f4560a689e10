from . import vip_home
from . import vip_home_decisions
from . import vip_home_panels
