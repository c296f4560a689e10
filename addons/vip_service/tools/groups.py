"""Who may see fields that are not meant for the portal: the groups= of those fields."""

STAFF_GROUPS = "vip_service.group_vip_agent,vip_service.group_vip_auditor"
DECIDER_GROUPS = "vip_service.group_vip_manager,vip_service.group_vip_auditor"
MANAGER_GROUP = "vip_service.group_vip_manager"
ADMIN_GROUP = "vip_service.group_vip_admin"
AUDITOR_GROUP = "vip_service.group_vip_auditor"
