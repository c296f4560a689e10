from odoo.addons.vip_base.tools.leaving import leave

#: Functions of the triggers that keep records as they are, and of kept plans.
GUARDS = ("vip_late_contact_frozen", "vip_contact_note", "vip_client_tiers")


def uninstall_hook(env):
    """Let nothing be in the way; remove what the tables do not take along."""
    leave(env, "vip_service", guards=GUARDS)
