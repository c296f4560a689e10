from . import vip_occurrence
from . import vip_figure
from . import vip_figure_matrix
from . import vip_figure_day
from . import vip_figure_month
