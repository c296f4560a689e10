from . import survey_question
from . import survey_user_input
from . import vip_question_plan
from . import vip_question
from . import vip_answer
from . import vip_personal
