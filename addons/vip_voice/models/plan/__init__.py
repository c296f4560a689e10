from . import vip_question_plan
from . import vip_question
from . import vip_question_planning
