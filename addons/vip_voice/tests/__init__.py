from . import test_access_matrix
from . import test_complaint
from . import test_feedback
from . import test_figures
from . import test_plan
from . import test_plan_property
from . import test_plan_queue
from . import test_portal
