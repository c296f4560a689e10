from . import (
    test_access,
    test_activity_import,
    test_client,
    test_client_360,
    test_entitlement,
    test_helpdesk_ticket,
    test_host_chinese,
    test_tier_change,
    test_tier_criterion,
    test_tier_membership,
    test_tier_review,
    test_tools,
)
