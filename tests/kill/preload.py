"""Odoo's code, imported once by the process from which those to be killed are forked.

It opens no connection to a database: forks could not share it.
"""

from odoo.modules.module import Manifest, load_openerp_module
from odoo.service import server
from odoo.tools import config

from tools.paths import own_addons
from tools.runner import CONFIG


def needed(addons):
    """Return names of addons with all that they depend on, what is needed first."""
    found = {}
    for addon in addons:
        found |= dict.fromkeys(needed(Manifest.for_addon(addon)["depends"]))
        found[addon] = None
    return list(found)


config.parse_config(["-c", str(CONFIG), "--no-http"], setup_logging=False)
server.load_server_wide_modules()
for name in needed(own_addons()):
    load_openerp_module(name)
