from odoo.addons.sla_promise import controllers
from odoo.addons.sla_promise import models
from odoo.addons.sla_promise import wizards
from .hooks import uninstall_hook
