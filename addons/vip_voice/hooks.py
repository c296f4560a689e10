from odoo.addons.vip_base.tools.leaving import leave

#: Functions of the triggers that keep records as they are.
GUARDS = (
    *("vip_feedback_frozen", "vip_complaint_frozen", "vip_complaint_part_frozen"),
)
#: What is shipped and tickets have stays with them.
KEPT = ("helpdesk.ticket.category", "helpdesk.ticket.team")


def uninstall_hook(env):
    """Let nothing be in the way; remove what the tables do not take along."""
    leave(env, "vip_voice", keep=KEPT, guards=GUARDS)
