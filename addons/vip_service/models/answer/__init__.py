from . import vip_dimension
from . import vip_question
from . import vip_question_key
from . import vip_answer
from . import vip_answer_words
from . import vip_answer_import
from . import base_partner_merge
from . import mail_mail
