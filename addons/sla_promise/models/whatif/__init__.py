from . import sla_whatif
from . import sla_whatif_line
from . import sla_whatif_page
from . import sla_whatif_past
from . import sla_whatif_replay
