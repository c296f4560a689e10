"""Host models from which our statements read: who may write each, and why that is no way to
better one's own figures.

``{model: ({role: letters}, why)}``, by the rights on the model: create, write, unlink. What
rules and guards leave of them, the reason says. A statement of ours that reads another table
of the host fails ``test_host_ground`` until the table stands here.
"""

INTERNAL = (
    *("internal", "agent", "leader", "helpdesk", "host_admin"),
    *("adviser", "manager", "admin", "auditor"),
)
HELPDESK_ADMINS = dict.fromkeys(("host_admin", "admin"), "cwu")

GROUND = {
    "helpdesk.ticket": (
        {**dict.fromkeys(("agent", "leader", "helpdesk", "manager"), "cw")}
        | HELPDESK_ADMINS,
        "each change is a span of the timeline, with the instant at which it was made; "
        "when it was opened, first response and tier are guarded fields",
    ),
    "helpdesk.ticket.category": (HELPDESK_ADMINS, "what rules name stays named"),
    "helpdesk.ticket.channel": (HELPDESK_ADMINS, "configuration"),
    "helpdesk.ticket.stage": (
        HELPDESK_ADMINS | {"public": "w"},
        "what a stage means is written by the helpdesk's administrators alone",
    ),
    "helpdesk.ticket.team": (HELPDESK_ADMINS, "configuration"),
    "mail.activity.type": ({}, "its kind is copied into our rows when it is done"),
    "mail.message": (
        dict.fromkeys(("portal", *INTERNAL), "cwu"),
        "what counts is copied into rows of ours at that instant, by who really wrote it",
    ),
    "mail.message.subtype": ({}, "read when a message is copied"),
    "mail.notification": (
        dict.fromkeys(INTERNAL, "cw"),
        "what came back is kept in rows of ours when the mail server says so",
    ),
    "res.company": ({}, "settings; where pay hangs on them they are in the audit log"),
    "res.currency": ({}, "the rate is kept with each fact when it is booked"),
    "res.partner": (
        dict.fromkeys(("manager", "admin"), "cw"),
        "what makes a client is guarded, and its changes are kept",
    ),
    "res.users": ({}, "the host's administrators"),
    "resource.calendar": ({}, "a change begins a version; what was missed stays so"),
    "resource.calendar.attendance": ({}, "as its calendar"),
    "resource.calendar.leaves": (
        dict.fromkeys(INTERNAL, "cwu"),
        "one's own, undecided, which counts for nothing; else who decides on leave",
    ),
    "resource.resource": ({}, "the host's administrators"),
}
#: What is read of the server itself, and when an addon is installed or uninstalled.
SYSTEM = {
    *("ir.model.data", "ir.model.relation", "ir.module.module", "mail.activity"),
    *("ir.model.fields", "ir.model.fields.selection", "ir.cron"),
}
