from . import answer
from . import portal
from . import ticket_doors
