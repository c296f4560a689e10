{
    "name": "VIP Service",
    "summary": "Client tiers from real activity, approved by people, and the 360 page",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services/Helpdesk",
    "author": "VIP Service contributors",
    "website": "https://github.com/OCA/helpdesk",
    "development_status": "Beta",
    "application": True,
    "depends": ["contacts", "mail", "portal", "resource", "helpdesk_mgmt"],
    "data": [
        "security/vip_security.xml",
        "security/ir.model.access.csv",
        "security/vip_rules.xml",
        "data/vip_metric_data.xml",
        "data/vip_tier_data.xml",
        "data/vip_entitlement_data.xml",
    ],
    "assets": {
        "web.assets_backend": ["vip_service/static/src/**/*"],
        "web.assets_unit_tests": ["vip_service/static/tests/**/*"],
    },
}
