from . import vip_sample_visit
from . import face_badge
from . import face_health
from . import face_key_point
from . import face_next_action
from . import face_request_column
from . import face_section
from . import face_story
