from odoo.addons.vip_base.tools.leaving import leave

from .models.clock.noticing import NOTICE

#: Functions of the triggers that keep records as they are, and of kept plans.
GUARDS = (
    *("sla_breach_frozen", "sla_ticket_gone", "sla_excuse_frozen"),
    "sla_intervention_frozen",
    *("sla_extension_frozen", "sla_clock_past", "sla_span_frozen", "sla_step_frozen"),
    "sla_obligation_frozen",
    *(plan.name for plan in NOTICE.values()),
    *("sla_changes", "sla_ticket_owed", "sla_ticket_standing", "sla_rules_print"),
    *("sla_clock_insert", "sla_step_note", "sla_client_pressing"),
)
#: What is shipped and tickets have stays with them.
KEPT = ("helpdesk.ticket.category", "helpdesk.ticket.channel", "helpdesk.ticket.stage")


def uninstall_hook(env):
    """Let nothing be in the way; remove what the tables do not take along."""
    leave(env, "sla_promise", keep=KEPT, guards=GUARDS)
