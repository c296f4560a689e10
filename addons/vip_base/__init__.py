from odoo.addons.vip_base import models
from .hooks import uninstall_hook
