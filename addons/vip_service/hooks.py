from odoo.addons.vip_base.tools.leaving import leave

#: Functions of the triggers that keep records as they are, and of kept plans.
GUARDS = (
    *("vip_tier_membership_past", "vip_contact_note", "vip_client_tiers"),
    *("vip_unit_team_frozen", "vip_activity_kept", "vip_client_alias_past"),
    *("vip_contact_past", "vip_ticket_standing", "vip_ladder_lowest"),
    *("vip_health_override_frozen", "vip_key_point_outcome_frozen"),
    *("vip_late_contact_frozen", "vip_question_frozen", "vip_answer_frozen"),
    *("vip_answer_grade_frozen", "vip_answer_words_frozen"),
)
#: What is shipped and tickets have stays with them.
KEPT = ("helpdesk.ticket.category",)


def uninstall_hook(env):
    """Let nothing be in the way; remove what the tables do not take along."""
    leave(env, "vip_service", keep=KEPT, guards=GUARDS)
