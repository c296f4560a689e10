from odoo.addons.vip_base.tools.leaving import leave

#: Functions of the triggers that keep records as they are.
GUARDS = ("vip_late_contact_frozen", "vip_tier_membership_past")


def uninstall_hook(env):
    """Let nothing be in the way; remove what the tables do not take along."""
    leave(env, "vip_service", guards=GUARDS)
