from datetime import datetime, timedelta

from odoo.tests import TransactionCase, new_test_user

from odoo.addons.vip_base.tests.outbox import Outbox
from odoo.addons.vip_base.tools.times import at_context

from ..models.clock.sla_clock import METRICS

#: Monday, 9 o'clock.
START = datetime(2024, 3, 4, 9, 0)


def minutes(count):
    """Return the instant ``count`` minutes after START."""
    return START + timedelta(minutes=count)


class SlaCase(Outbox, TransactionCase):
    """A team, two agents and one policy around the clock: 60 min, response 30 min."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={
                **cls.env.context,
                "tracking_disable": True,
                "no_reset_password": 1,
            }
        )
        cls.env["sla.policy"].search([]).active = False
        cls.plan = cls.env.ref("sla_promise.escalation_general")
        cls.env.company.sla_escalation_id = cls.plan
        groups = "helpdesk_mgmt.group_helpdesk_user_team"
        cls.ann = new_test_user(cls.env, "ann", groups=groups)
        cls.bob = new_test_user(cls.env, "bob", groups=groups)
        cls.boss = new_test_user(cls.env, "boss", groups="vip_base.group_vip_manager")
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "First line",
                "user_id": cls.boss.id,
                "user_ids": [(6, 0, (cls.ann + cls.bob).ids)],
            }
        )
        cls.other_team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Second line", "user_ids": [(6, 0, cls.bob.ids)]}
        )
        cls.item, cls.urgent_item = cls.env["helpdesk.ticket.category"].create(
            [{"name": "Opening"}, {"name": "Urgent"}]
        )
        cls.client = cls.env["res.partner"].create(
            {"name": "Client", "client_type": "end", "email": "client@example.com"}
        )
        cls.policy = cls.make_policy("General", resolution=60, first_response=30)
        ref = cls.env.ref
        cls.new = ref("helpdesk_mgmt.helpdesk_ticket_stage_new")
        cls.work = ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
        cls.awaiting = ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        cls.third = ref("sla_promise.stage_waiting_third_party")
        cls.solved = ref("sla_promise.stage_solved")
        cls.done = ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.cancelled = ref("helpdesk_mgmt.helpdesk_ticket_stage_cancelled")
        (cls.done + cls.cancelled).mail_template_id = False

    @classmethod
    def make_policy(cls, name, target=None, **vals):
        """Create a policy; metrics given by name promise that many minutes."""
        metrics = {
            metric: vals.pop(metric) for metric, _label in METRICS if metric in vals
        }
        return cls.env["sla.policy"].create(
            {
                "name": name,
                "target_ids": [
                    (
                        0,
                        0,
                        {
                            "metric": metric,
                            "duration": duration,
                            "calendar_mode": "always",
                            **(target or {}),
                        },
                    )
                    for metric, duration in metrics.items()
                ],
                **vals,
            }
        )

    @classmethod
    def office(cls, name="Office", first=9, last=17, zone="UTC"):
        """Return working hours from Monday to Friday."""
        days = [
            {
                "name": str(day),
                "dayofweek": str(day),
                "hour_from": first,
                "hour_to": last,
            }
            for day in range(5)
        ]
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": zone,
                "attendance_ids": [(5, 0, 0), *((0, 0, day) for day in days)],
            }
        )

    def ticket(self, at=START, **vals):
        """Create a ticket of Ann in the first line."""
        return self.tickets(1, at, **vals)

    def tickets(self, count, at=START, **vals):
        values = {
            "name": "Please",
            "description": "Please",
            "partner_id": self.client.id,
            "team_id": self.team.id,
            "user_id": self.ann.id,
            "category_id": self.item.id,
            **vals,
        }
        model = self.env["helpdesk.ticket"]._at(at)
        tickets = model.create([dict(values) for _ in range(count)])
        return tickets.with_env(self.env)

    def move(self, ticket, at, stage):
        ticket._at(at).write({"stage_id": stage.id})

    def clock(self, ticket, metric="resolution"):
        return ticket.clock_ids.filtered(
            lambda clock: clock.metric == metric and clock.state != "cancelled"
        )

    def approve_late(self, ticket, at):
        """Let the boss let contacts count that were recorded late."""
        late = self.env["vip.late.contact"].with_user(self.boss)
        late = late.search([("contact_id.ticket_id", "=", ticket.id)])
        late.with_context(**at_context(at)).action_approve()

    def breaches(self, ticket):
        return self.env["sla.breach"].search([("ticket_id", "in", ticket.ids)])

    def due(self, at):
        """Run the due job as of ``at``."""
        return self.env["sla.clock"]._process_due(at)
