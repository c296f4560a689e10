from . import vip_improvement
from . import vip_improvement_action
from . import vip_improvement_check
from . import vip_figure_recheck
from . import vip_home
from . import vip_personal
