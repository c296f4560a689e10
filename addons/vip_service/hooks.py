from odoo.addons.vip_base.tools.leaving import leave


def uninstall_hook(env):
    """Let nothing be in the way."""
    leave(env, "vip_service")
