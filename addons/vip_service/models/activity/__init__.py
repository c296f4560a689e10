from . import vip_activity_file
from . import vip_activity_client
from . import vip_activity_undo
