from . import vip_occurrence
from . import vip_figure_asked
from . import vip_figure_relation
from . import vip_figure_dimension
from . import vip_figure_complaint
