{
    "name": "VIP Voice: Surveys",
    "summary": "Longer questionnaires: what clients finish is an answer like any other",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services/Helpdesk",
    "author": "VIP Service contributors",
    "development_status": "Beta",
    "depends": ["vip_voice", "survey"],
    "auto_install": True,
    "data": [
        "security/ir.model.access.csv",
        "security/survey_user_input_rules.xml",
        "views/vip_question_plan_views.xml",
        "views/survey_question_views.xml",
        "views/answer_page.xml",
    ],
}
