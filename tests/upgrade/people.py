"""What people do in a database before it is updated: ``python -m tests.upgrade.people DB``.

They work with every addon, as the stories of ``tests/matrix`` tell, and they change what
was shipped: that has to be theirs after an update, too. ``CHANGES`` is a table of it.
"""

import sys
from typing import NamedTuple

from odoo.fields import Command

from tests.matrix.addons import bottom_up
from tests.matrix.story import STORIES, Scene
from tools.environment import superuser

#: Somebody who came later, and the rights that were given to them.
LOGIN = "nora"
GIVEN = ("vip_base.group_vip_adviser", "vip_base.group_vip_auditor")


class Change(NamedTuple):
    """A shipped record, and what people have put into one of its fields."""

    xmlid: str
    field: str
    value: object
    lang: str = "en_US"


#: A policy, jobs, limits, rights, texts and translations, as people change them.
CHANGES = [
    Change("sla_promise.policy_general", "name", "Everything else"),
    Change("sla_promise.target_general_first_response", "duration", 25),
    Change("sla_promise.cron_notice", "active", False),
    Change("sla_promise.cron_escalation", "interval_number", 7),
    Change("vip_service.ir_cron_lifecycle", "active", False),
    Change("vip_service.tier_silver", "description", "All the others"),
    Change("vip_service.tier_diamond", "name", "钻卡", "zh_CN"),
    Change("vip_service.metric_volume", "sequence", 77),
    Change("sla_scoring.award_star", "min_promises", 3),
    Change("sla_scoring.contribution_suggestion", "points", 0.75),
    Change("sla_scoring.contribution_suggestion", "name", "好点子", "zh_CN"),
    Change("sla_scoring.error_information", "active", False),
    Change("sla_promise.stage_solved", "name", "Solved, we hope"),
    Change("vip_service.client_menu", "name", "我们的客户", "zh_CN"),
    Change("base.main_company", "score_sharing", "overrun"),
    Change("base.main_company", "vip_review_day", 5),
    Change("vip_base.demo_user_auditor", "active", False),
    Change("vip_service.vip_contact_rule_adviser", "active", False),
]


#: What was shipped and people do without: it does not come back.
DELETED = [
    "sla_promise.policy_opening_online_regular",
    "sla_promise.target_opening_online_key_resolution",
    "sla_promise.reason_training",
    "vip_service.entitlement_early_access",
    "vip_service.metric_net_inflow",
    "sla_scoring.error_conduct",
    "sla_scoring.kpi_response",
    "sla_scoring.award_elite",
]


def require_demo(env):
    """Refuse a database in which Odoo left demo data out: it goes on without, and warns.

    :raise SystemExit: an addon is without
    """
    own = [("name", "in", bottom_up()), ("demo", "=", False)]
    without = env["ir.module.module"].search(own).mapped("name")
    if without:
        sys.exit(f"Demo data could not be loaded, see the log: {', '.join(without)}")


def work(env):
    """Let people work with all addons, and run each scheduled job once."""
    for addon in bottom_up():
        for story in STORIES.get(addon, ()):
            story(Scene(env))
            env.cr.commit()
    jobs = env["ir.model.data"].search(
        [("module", "in", bottom_up()), ("model", "=", "ir.cron")]
    )
    for job in env["ir.cron"].browse(jobs.mapped("res_id")):
        job.method_direct_trigger()
        env.cr.commit()


def change(env):
    """Let people change what was shipped."""
    for xmlid, field, value, lang in CHANGES:
        env.ref(xmlid).with_context(lang=lang)[field] = value
    for xmlid in DELETED:
        env.ref(xmlid).unlink()
    env["res.users"].create(
        {
            "name": "Nora",
            "login": LOGIN,
            "lang": "zh_CN",
            "group_ids": [Command.link(env.ref(group).id) for group in GIVEN],
        }
    )
    env.cr.commit()


def slim(env):
    """Keep files in the database, and drop what is made anew when it is asked for."""
    env["ir.config_parameter"].set_param("ir_attachment.location", "db")
    files = env["ir.attachment"]
    files.search([("url", "=like", "/web/assets/%")]).unlink()
    pictures = [("res_field", "like", "image"), ("res_model", "!=", False)]
    files.search(pictures).unlink()
    files.force_storage()
    env.cr.commit()


def main(database: str):
    with superuser(database) as env:
        require_demo(env)
        work(env)
        change(env)
        slim(env)


if __name__ == "__main__":
    main(*sys.argv[1:])
