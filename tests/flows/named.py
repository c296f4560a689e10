"""What becomes of a rule when what it names is archived or deleted: one table of fields.

A rule is whatever people configure. ``test_named`` walks over the fields of all models of
ours, and over ours on models of the host: who adds one says here what becomes of it.
"""

#: Archived it stays named and the rule goes on as before; its deletion is refused, with
#: the name of the rule.
NAMED = "named"
#: The rule is a part of it, or an order to it, and goes with it.
PART = "part"
#: The value follows another field of the rule.
FOLLOWS = "follows"
#: Who did it, or where it came from; nothing is decided by it.
TRACE = "trace"
#: The other one is a rule of the same kind: refused by the rule itself.
BEFORE = "before"

#: {model: {field: fate}}; a field of a rule that names nothing is not relational.
RULES = {
    "helpdesk.ticket.team": {
        "resource_calendar_id": NAMED,
        "sla_stand_in_id": NAMED,
        "unit_id": NAMED,
    },
    "res.company": {
        "sla_escalation_id": NAMED,
        "sla_head_office_team_id": NAMED,
        "sla_head_office_user_id": NAMED,
        "vip_voice_team_id": NAMED,
    },
    "resource.makeup.day": {"company_id": NAMED, "calendar_id": PART},
    "score.award.criterion": {"rule_id": PART, "company_id": FOLLOWS},
    "score.award.rule": {"company_id": NAMED},
    "score.card.component": {"template_id": PART, "company_id": FOLLOWS},
    "score.card.template": {"company_id": NAMED},
    "score.contribution.kind": {"company_id": NAMED},
    "score.error.category": {"company_id": NAMED},
    "score.kpi": {"company_id": NAMED},
    "score.measure.rule": {"company_id": NAMED},
    "score.review.card": {"company_id": NAMED},
    "score.review.item": {"card_id": PART, "company_id": FOLLOWS},
    "score.review.sample": {
        "company_id": NAMED,
        "card_id": NAMED,
        "team_ids": NAMED,
        "reviewer_ids": NAMED,
        "drawn_by_id": TRACE,
    },
    "score.rule": {
        "company_id": NAMED,
        "category_ids": NAMED,
        "tier_ids": NAMED,
        "previous_id": BEFORE,
    },
    "score.rule.band": {"rule_id": PART, "company_id": FOLLOWS},
    "sla.breach.reason": {"company_id": NAMED},
    "sla.escalation": {
        "company_id": NAMED,
        "head_office_team_id": NAMED,
        "head_office_user_id": NAMED,
    },
    "sla.escalation.level": {
        "escalation_id": PART,
        "company_id": FOLLOWS,
        "user_ids": NAMED,
        "team_id": NAMED,
        "reassign_team_id": NAMED,
        "reassign_user_id": NAMED,
    },
    "sla.outage": {
        "company_ids": NAMED,
        "team_ids": NAMED,
        "category_ids": NAMED,
        "declared_by_id": TRACE,
        "approved_by_id": TRACE,
        "revoked_by_id": TRACE,
    },
    "sla.policy": {
        "company_id": NAMED,
        "tier_ids": NAMED,
        "category_ids": NAMED,
        "team_ids": NAMED,
        "channel_ids": NAMED,
        "tag_ids": NAMED,
        "previous_id": BEFORE,
        "root_id": BEFORE,
        "taken_over_from_id": TRACE,
    },
    "sla.reapply": {
        "company_id": NAMED,
        "policy_ids": NAMED,
        "team_ids": NAMED,
        "category_ids": NAMED,
        "applied_by_id": TRACE,
    },
    "sla.start": {"company_id": PART, "user_id": TRACE},
    "sla.target": {
        "policy_id": PART,
        "company_id": FOLLOWS,
        "calendar_id": NAMED,
        "escalation_id": NAMED,
    },
    "sla.wall": {"company_id": NAMED, "team_ids": NAMED},
    "sla.whatif": {"company_id": PART, "draft_ids": NAMED},
    "vip.source.column": {"source_id": PART, "metric_id": NAMED},
    "vip.source": {
        "company_id": NAMED,
        "metric_ids": NAMED,
        "control_metric_id": NAMED,
    },
    "vip.key.point.rule": {"company_id": NAMED, "tier_id": NAMED},
    "vip.key.point.condition": {"rule_id": PART, "company_id": FOLLOWS},
    "vip.health.measure": {},
    "vip.health.backtest": {"company_id": PART},
    "vip.unit": {"company_id": NAMED, "parent_id": NAMED, "head_id": NAMED},
    "res.users": {"unit_id": NAMED, "vip_same_person_id": NAMED},
    "vip.entitlement": {"tier_id": PART, "category_id": NAMED},
    "vip.dimension": {},
    "vip.question.plan": {
        "company_id": NAMED,
        "team_ids": NAMED,
        "category_ids": NAMED,
        "channel_ids": NAMED,
        "template_id": NAMED,
        "dimension_ids": NAMED,
        "survey_id": NAMED,
        "survey_grade_id": NAMED,
    },
    "survey.question": {"vip_dimension_id": NAMED},
    "vip.cause": {"parent_id": NAMED, "company_id": NAMED, "repeat_owner_id": NAMED},
    "vip.process.step": {"parent_id": NAMED},
    "vip.complaint.kind": {},
    "vip.regulator": {},
    "vip.question.quota": {
        "plan_id": PART,
        "company_id": FOLLOWS,
        "tier_id": NAMED,
    },
    "vip.metric": {},
    "vip.ladder.criterion": {"rung_id": PART, "metric_id": NAMED},
    "vip.ladder.plan": {
        "version_id": PART,
        "from_tier_id": NAMED,
        "to_tier_id": NAMED,
    },
    "vip.ladder.rung": {
        "version_id": PART,
        "tier_id": NAMED,
        "entry_metric_id": NAMED,
    },
    "vip.ladder.version": {
        "company_id": NAMED,
        "lowest_id": TRACE,
        "proposed_by_id": TRACE,
        "decided_by_id": TRACE,
        "begun_company_ids": PART,
    },
    "vip.tier": {"company_id": NAMED, "entry_metric_id": NAMED},
    "vip.tier.backtest": {"company_id": PART},
    "vip.tier.backtest.criterion": {
        "backtest_id": PART,
        "tier_id": PART,
        "metric_id": NAMED,
    },
    "vip.tier.backtest.tier": {"backtest_id": PART, "tier_id": PART},
    "vip.tier.criterion": {"tier_id": PART, "metric_id": NAMED},
}

#: What happened, was found or was decided: it rules over nothing that comes.
RECORDS = {
    *("helpdesk.ticket", "res.partner", "resource.calendar.leaves"),
    *(
        "resource.worktime.version",
        "vip.source.delivery",
        "sla.calendar.switch",
        "score.appeal",
        "score.aside",
        "score.card",
        "score.close",
        "score.close.left",
        "score.award",
    ),
    *("score.contribution", "score.entry", "score.error.report"),
    *("score.measure", "score.review", "score.review.line"),
    *("score.team.card", "sla.breach", "sla.clock", "sla.excuse", "sla.match"),
    *("sla.extension", "sla.no.promise", "sla.notice", "sla.reapply.line", "sla.span"),
    *("sla.step", "sla.intervention", "sla.obligation"),
    *("sla.whatif.line", "vip.activity", "vip.activity.import", "vip.audit.log"),
    *("vip.client.group", "vip.client.group.member", "vip.client.import"),
    *("vip.contact", "vip.entitlement.use", "vip.job.progress", "vip.lifecycle"),
    *("vip.past.row", "vip.figure.month", "vip.figure.day", "vip.put.off"),
    *("vip.late.contact", "vip.question", "vip.question.key", "vip.answer"),
    *("vip.feedback", "vip.complaint", "vip.complaint.action", "vip.complaint.part"),
    *("vip.case.cause", "vip.improvement", "vip.improvement.action"),
    *("vip.improvement.check", "survey.user_input"),
    *("vip.answer.grade", "vip.answer.words", "vip.answer.import"),
    *("vip.tier.backtest.line", "vip.tier.backtest.ticket", "vip.tier.change"),
    *("vip.tier.membership", "vip.tier.review", "vip.tier.verdict"),
    *("vip.unit.team", "vip.client.alias", "vip.activity.waiting"),
    "vip.company.currency",
    *("vip.client.hint", "vip.client.mark", "vip.client.check"),
    *("vip.key.point.outcome", "vip.key.point.retired", "vip.key.point.showing"),
    *("vip.health.override", "vip.health.backtest.row"),
    *("vip.source.delivery", "vip.tier.correction", "vip.tier.backtest.today"),
}

#: Rules whose text names records by their ids: {model: {field: model it is about}}.
CONDITIONS = {"sla.policy": {"domain": "helpdesk.ticket"}}
