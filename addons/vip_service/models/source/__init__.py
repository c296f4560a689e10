from . import vip_source
from . import vip_source_delivery
from . import vip_source_mapping
