{
    "name": "VIP Improvement: the Client's Voice",
    "summary": "A repeated cause opens an improvement; its re-check counts the cases",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services/Helpdesk",
    "author": "VIP Service contributors",
    "development_status": "Beta",
    "depends": ["vip_improvement", "vip_voice"],
    "auto_install": True,
    "data": [
        "data/ir_cron_data.xml",
        "views/vip_cause_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
