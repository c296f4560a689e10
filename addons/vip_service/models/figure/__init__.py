from . import vip_occurrence
from . import vip_figure_satisfaction
