{
    "name": "VIP Sample Wing",
    "summary": "Visits of clients: an addon that comes in by every door, and by doors only",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services/Helpdesk",
    "author": "VIP Service contributors",
    "depends": ["sla_promise"],
    "data": [
        "views/portal_card.xml",
    ],
}
