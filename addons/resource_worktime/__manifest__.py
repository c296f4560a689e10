{
    "name": "Working Time by Calendar",
    "summary": "Working time by bisection, make-up days and public holidays",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services/Helpdesk",
    "author": "VIP Service contributors",
    "development_status": "Beta",
    "depends": ["vip_base"],
    "data": [
        "security/ir.model.access.csv",
        "security/resource_rules.xml",
        "views/resource_holiday_load_views.xml",
        "views/resource_makeup_day_views.xml",
        "views/resource_worktime_menus.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
