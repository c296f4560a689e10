from . import vip_figure
from . import vip_figure_month
from . import vip_figure_quality
from . import vip_figure_points
