"""The roles as Python names them, alone and as the groups= of fields."""

AGENT_GROUP = "vip_base.group_vip_agent"
ADVISER_GROUP = "vip_base.group_vip_adviser"
MANAGER_GROUP = "vip_base.group_vip_manager"
ADMIN_GROUP = "vip_base.group_vip_admin"
AUDITOR_GROUP = "vip_base.group_vip_auditor"

#: Who may see what is not meant for the portal.
STAFF_GROUPS = f"{AGENT_GROUP},{AUDITOR_GROUP}"
#: Who may see what is only for those who decide on it.
DECIDER_GROUPS = f"{MANAGER_GROUP},{AUDITOR_GROUP}"
#: Who sets how a company works: the portal reads companies.
SETTINGS_GROUPS = f"base.group_system,{ADMIN_GROUP}"
