from odoo.addons.vip_service import controllers
from odoo.addons.vip_service import models
from odoo.addons.vip_service import wizards
