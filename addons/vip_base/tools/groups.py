"""Who may see fields that are not meant for the portal: the groups= of those fields."""

STAFF_GROUPS = "vip_base.group_vip_agent,vip_base.group_vip_auditor"
DECIDER_GROUPS = "vip_base.group_vip_manager,vip_base.group_vip_auditor"
MANAGER_GROUP = "vip_base.group_vip_manager"
ADMIN_GROUP = "vip_base.group_vip_admin"
AUDITOR_GROUP = "vip_base.group_vip_auditor"
#: Who sets how a company works: the portal reads companies.
SETTINGS_GROUPS = "base.group_system,vip_base.group_vip_admin"
