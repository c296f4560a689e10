from . import vip_finder
from . import vip_home
from . import vip_operations
from . import vip_home_card
from . import vip_personal
