{
    "name": "SLA Scoring",
    "summary": "SLA promises per service item and tier, breaches and fair points",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services/Helpdesk",
    "author": "VIP Service contributors",
    "website": "https://github.com/OCA/helpdesk",
    "development_status": "Beta",
    "depends": ["vip_service", "helpdesk_mgmt_rating"],
    "data": [
        "security/sla_security.xml",
        "security/ir.model.access.csv",
    ],
    "assets": {
        "web.assets_backend": ["sla_scoring/static/src/**/*"],
        "web.assets_unit_tests": ["sla_scoring/static/tests/**/*"],
    },
}
