from . import vip_source
from . import vip_source_delivery
