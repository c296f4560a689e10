{
    "name": "SLA Scoring: the Client's Voice",
    "summary": "Grades in detail on scorecards, of whoever held the request",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services/Helpdesk",
    "author": "VIP Service contributors",
    "development_status": "Beta",
    "depends": ["sla_scoring", "vip_voice"],
    "auto_install": True,
    "data": ["data/score_kpi_data.xml"],
}
