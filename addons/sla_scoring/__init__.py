from odoo.addons.sla_scoring import models
from .hooks import uninstall_hook
