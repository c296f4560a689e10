from . import vip_figure_held
from . import vip_figure_served
