from . import portal
from . import wall
