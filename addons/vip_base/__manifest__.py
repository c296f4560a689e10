{
    "name": "VIP Base",
    "summary": "Roles, audit log, imports by file, jobs and event time for key-account service",
    "version": "19.0.1.1.0",
    "license": "AGPL-3",
    "category": "Services/Helpdesk",
    "author": "VIP Service contributors",
    "development_status": "Beta",
    "depends": ["mail", "resource"],
    "external_dependencies": {"python": ["charset-normalizer", "openpyxl", "xlrd"]},
    "data": [
        "security/vip_security.xml",
        "security/ir.model.access.csv",
        "security/vip_rules.xml",
        "data/vip_figure_data.xml",
        "data/vip_decision_data.xml",
        "views/resource_calendar_leaves_views.xml",
        "views/vip_audit_log_views.xml",
        "views/res_config_settings_views.xml",
        "views/res_users_views.xml",
        "views/digest_templates.xml",
        "views/vip_home_views.xml",
        "views/vip_base_menus.xml",
    ],
    "demo": ["demo/res_users_demo.xml"],
    "uninstall_hook": "uninstall_hook",
    "assets": {
        "web._assets_primary_variables": [
            "vip_base/static/src/tokens/tokens.variables.scss"
        ],
        "web.assets_frontend": [
            "vip_base/static/src/tokens/tokens.scss",
            "vip_base/static/src/tokens/badges.scss",
            "vip_base/static/src/tokens/words.scss",
        ],
        "web.assets_backend": [
            "vip_base/static/src/**/*",
            ("remove", "vip_base/static/src/show_me/interactive/**/*"),
        ],
        "web_tour.interactive": ["vip_base/static/src/show_me/interactive/**/*"],
        "web.assets_unit_tests": [
            "vip_base/static/tests/written_cases.js",
            "vip_base/static/tests/**/*.test.js",
        ],
        "web.assets_tests": ["vip_base/static/tests/tours/**/*"],
    },
}
