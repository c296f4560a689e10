{
    "name": "VIP Improvement",
    "summary": "Improvements with an owner, an aim and a re-check that reads the ledger",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services/Helpdesk",
    "author": "VIP Service contributors",
    "development_status": "Beta",
    "depends": ["sla_promise"],
    "data": [
        "security/ir.model.access.csv",
        "security/vip_improvement_rules.xml",
        "data/vip_improvement_data.xml",
        "views/vip_improvement_views.xml",
    ],
    "demo": ["demo/vip_improvement_demo.xml"],
    "assets": {"web.assets_tests": ["vip_improvement/static/tests/tours/**/*"]},
    "uninstall_hook": "uninstall_hook",
}
