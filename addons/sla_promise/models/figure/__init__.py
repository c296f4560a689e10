from . import vip_figure_timeliness
from . import vip_figure_response
from . import vip_figure_solving
