{
    "name": "SLA Promises: Taking Over Helpdesk SLA",
    "summary": "Takes over the policies and open states of OCA's helpdesk_mgmt_sla",
    "version": "19.0.1.1.0",
    "license": "AGPL-3",
    "category": "Services/Helpdesk",
    "author": "VIP Service contributors",
    "development_status": "Beta",
    "depends": ["sla_promise", "helpdesk_mgmt_sla"],
    "auto_install": True,
    "data": [
        "security/ir.model.access.csv",
        "security/sla_promise_helpdesk_mgmt_sla_window_rules.xml",
        "views/sla_takeover_views.xml",
    ],
}
