"""Which addon may name which: the only place where this is said.

An addon may name what is its own and what belongs to the addons that its arrows lead
to, directly or through others. An arrow is a dependency of the manifest: a new addon,
or another dependency, is a line here. What the host's addons depend on is read from
their own manifests.
"""

ARROWS = {
    "vip_base": {"mail", "resource"},
    "vip_service": {"vip_base", "contacts", "portal", "helpdesk_mgmt"},
    "resource_worktime": {"vip_base"},
    "sla_promise": {"vip_service", "resource_worktime"},
    "sla_scoring": {"sla_promise", "helpdesk_mgmt_rating"},
    "vip_voice": {"sla_promise"},
    "vip_improvement": {"sla_promise"},
    "sla_scoring_vip_voice": {"sla_scoring", "vip_voice"},
    "vip_improvement_vip_voice": {"vip_improvement", "vip_voice"},
    "vip_voice_survey": {"vip_voice", "survey"},
    "sla_promise_helpdesk_mgmt_sla": {"sla_promise", "helpdesk_mgmt_sla"},
}

#: Names that begin like an id of an addon but are none: keys of other kinds. And ids of
#: the host that nobody needs: only asked for where their addon happens to be installed.
KEYS = {
    "hr_holidays.group_hr_holidays_user",  # whom the time-off app lets decide on leave
    "sla_promise.approved_outages",  # kept in the transaction
    "sla_promise.due_workers",  # system parameter
    "sla_promise.unproposed_versions",  # system parameter
    "vip_service.assets_answer",  # bundle of the page on which clients answer
    "sla_scoring.kpi_board",  # tag of a client action
    "sla_promise.pending",  # kept in the transaction
    "vip_voice.reply",  # what is owed to a client on a ticket; so are the next four
    "vip_voice.acknowledge",
    "vip_voice.decision",
    "vip_voice.answer",
    "vip_voice.report",
    "vip_base.home",  # tag of a client action
    "vip_base.live",  # kept in the transaction
    "vip_base.first_hour",  # tag of a client action
    "vip_base.operations",  # tag of a client action
    "vip_base.backup_at",  # system parameter
    "sla_promise.assets_wall",  # bundle of the page on the wall
    "vip_service.together",  # tag of a client action
}

#: What the plain Python of ``engine/`` imports beside the standard library.
ENGINE_LIBRARIES = {
    "charset_normalizer",  # how texts are encoded that do not say so
    "holidays",  # where it is installed: the days of public holidays
    "openpyxl",  # workbooks, which people send as files
    "xlrd",  # workbooks of old
    "pytz",  # the zones of calendars, as Odoo itself reads them
}
