from odoo.addons.vip_base.tools.leaving import leave

#: Functions of the triggers that keep records as they are.
GUARDS = (
    *("vip_feedback_frozen", "vip_complaint_frozen", "vip_complaint_part_frozen"),
)
#: What is shipped and tickets have stays with them; so does the alias of a team.
KEPT = ("helpdesk.ticket.category", "helpdesk.ticket.team", "mail.alias")


def uninstall_hook(env):
    """Let nothing be in the way; remove what the tables do not take along."""
    env["sla.obligation"]._leave("vip_voice")
    leave(env, "vip_voice", keep=KEPT, guards=GUARDS)
