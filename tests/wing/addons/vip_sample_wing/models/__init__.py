from . import face_may_hold
from . import face_obligation
from . import face_personal
from . import face_portal_card
from . import face_tile
