from odoo.addons.vip_base.tools.leaving import leave

#: Functions of the triggers that keep records as they are.
GUARDS = ("vip_improvement_frozen", "vip_improvement_check_frozen")


def uninstall_hook(env):
    """Let nothing be in the way."""
    leave(env, "vip_improvement", guards=GUARDS)
