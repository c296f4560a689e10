"""Two people and a request between them."""

from odoo import Command


def story(env):
    """Make an agent, a manager, and a request of the agent with clocks."""
    env = env(context={"no_reset_password": True})
    people = {
        login: env["res.users"].create(
            {
                "name": login.title(),
                "login": login,
                "password": login,
                "group_ids": [Command.link(env.ref(group).id)],
            }
        )
        for login, group in (
            ("ava", "helpdesk_mgmt.group_helpdesk_user_team"),
            ("max", "vip_base.group_vip_manager"),
        )
    }
    team = env["helpdesk.ticket.team"].create(
        {"name": "Live desk", "user_ids": [Command.set(people["ava"].ids)]}
    )
    item = env["helpdesk.ticket.category"].create({"name": "Live item"})
    env["sla.policy"].create(
        {
            "name": "Live item",
            "category_ids": [Command.set(item.ids)],
            "target_ids": [
                Command.create(
                    {
                        "metric": "resolution",
                        "duration": 600,
                        "calendar_mode": "always",
                    }
                )
            ],
        }
    )
    answered = env["helpdesk.ticket.category"].create({"name": "Live answer"})
    env["sla.policy"].create(
        {
            "name": "Live answer",
            "category_ids": [Command.set(answered.ids)],
            "target_ids": [
                Command.create(
                    {
                        "metric": "first_response",
                        "duration": 600,
                        "calendar_mode": "always",
                    }
                )
            ],
        }
    )
    client = env["res.partner"].create(
        {"name": "Live client", "client_type": "end", "client_number": "LIVE-1"}
    )
    # What is written to it is read in the portal: no mail has to leave.
    reader = env["res.partner"].create(
        {"name": "Live reader", "client_type": "end", "client_number": "LIVE-2"}
    )
    env["res.users"].create(
        {
            "name": "Live reader",
            "login": "reader",
            "partner_id": reader.id,
            "group_ids": [Command.set(env.ref("base.group_portal").ids)],
        }
    )
    for name, partner, category, holder in (
        ("Please help", client, item, "ava"),
        ("Please answer", reader, answered, "max"),
    ):
        env["helpdesk.ticket"].create(
            {
                "name": name,
                "description": name,
                "partner_id": partner.id,
                "team_id": team.id,
                "user_id": people[holder].id,
                "category_id": category.id,
            }
        )
