from odoo.addons.vip_base.tools.leaving import leave

#: Functions of the triggers that keep records as they are.
GUARDS = ("score_entry_frozen", "score_card_frozen", "score_team_card_frozen")
GUARDS += ("score_close_left_frozen",)


def uninstall_hook(env):
    """Let nothing be in the way; remove what the tables do not take along."""
    leave(env, "sla_scoring", guards=GUARDS)
