{
    "name": "VIP Sample Wing",
    "summary": "Visits of clients: an addon that comes in by every door, and by doors only",
    "version": "19.0.1.1.0",
    "license": "AGPL-3",
    "category": "Services/Helpdesk",
    "author": "VIP Service contributors",
    "depends": ["sla_promise"],
    "data": [
        "security/ir.model.access.csv",
        "views/portal_card.xml",
        "views/ticket_places.xml",
    ],
    "assets": {
        "web.assets_backend": ["vip_sample_wing/static/src/**/*"],
        "web.assets_tests": ["vip_sample_wing/static/tests/**/*"],
    },
}
