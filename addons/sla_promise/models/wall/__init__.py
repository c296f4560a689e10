from . import sla_wall
