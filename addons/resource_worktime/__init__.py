from odoo.addons.resource_worktime import models
