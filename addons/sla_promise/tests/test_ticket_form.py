from lxml import etree

from odoo.fields import Command

from .common import SlaCase, minutes

#: What the form shows of its own, and what of promises and the client.
OF_HOST = ("name", "stage_id", "user_id", "team_id", "partner_id", "category_id")
OF_PROMISES = (
    *("sla_clock_info", "vip_next_actions", "sla_nothing_asked", "sla_has_notices"),
    *("sla_late_waits", "escalated_to_ids", "vip_tier_id", "vip_owner_id"),
)
#: So many queries more than the host makes may the form of a ticket cost.
MORE = 8


class TestTicketForm(SlaCase):
    """What the form of a ticket shows of its promises, and what that costs."""

    def arch(self, view):
        tickets = self.env["helpdesk.ticket"].with_user(self.ann)
        return etree.fromstring(tickets.get_view(self.env.ref(view).id)["arch"])

    def queries(self, ticket, names):
        """Return how many queries it takes to read a ticket as a request does."""
        self.env.flush_all()
        self.env.invalidate_all()
        ticket = self.env["helpdesk.ticket"].with_user(self.ann).browse(ticket.id)
        before = self.env.cr.sql_log_count
        ticket.web_read(
            {
                name: {"fields": {"display_name": {}}}
                if ticket._fields[name].type == "many2one"
                else {}
                for name in names
            }
        )
        return self.env.cr.sql_log_count - before

    def more_queries(self, ticket):
        self.queries(ticket, (*OF_HOST, *OF_PROMISES))  # what a process keeps
        host = self.queries(ticket, OF_HOST)
        return self.queries(ticket, (*OF_HOST, *OF_PROMISES)) - host

    def test_two_promises_or_four_cost_a_few_queries(self):
        ticket = self.ticket(user_id=self.ann.id)
        self.assertLessEqual(self.more_queries(ticket), MORE)
        self.env["sla.policy"].create(
            {
                "name": "Four",
                "category_ids": [Command.set(self.item.ids)],
                "target_ids": [
                    Command.create({"metric": metric, "duration": 9, "unit": "hours"})
                    for metric in ("first_response", "resolution", "feedback", "update")
                ],
            }
        )
        more = self.ticket(user_id=self.ann.id)
        self.assertEqual(len(more.clock_ids), 4)
        self.assertLessEqual(self.more_queries(more), MORE)

    def test_what_waits_is_explained_at_once(self):
        ticket = self.ticket(user_id=self.ann.id)
        self.move(ticket, minutes(10), self.awaiting)
        paused = ticket.clock_ids.filtered(lambda clock: clock.state == "paused")
        self.assertEqual(len(paused), 2)
        one, both = (self.left_queries(clocks) for clocks in (paused[:1], paused))
        self.assertEqual(one, both)
        self.assertEqual(sorted(paused._paused_left().values()), [20 * 60, 50 * 60])

    def left_queries(self, clocks):
        self.env.invalidate_all()
        clocks.mapped("state")
        before = self.env.cr.sql_log_count
        clocks._paused_left()
        return self.env.cr.sql_log_count - before

    def test_the_timeline_shows_contacts_below_who_held_the_ticket(self):
        view = self.arch("vip_service.ticket_view_form_page")
        names = [field.get("name") for field in view.findall("field")]
        self.assertEqual(names, ["span_ids", "contact_ids", "clock_ids"])

    def test_a_form_reads_pages_only_when_they_are_shown(self):
        form = self.arch("helpdesk_mgmt.ticket_view_form")
        for name, view in (
            ("vip_page", "vip_service.ticket_view_form_page"),
            ("escalation", "sla_promise.ticket_view_form_escalation"),
        ):
            page = form.find(f".//page[@name='{name}']")
            shown = self.env.ref(view)
            widget = page.find("widget[@name='vip_page_on_demand']")
            self.assertEqual(widget.get("view"), str(shown.id))
        for name in ("span_ids", "contact_ids", "clock_ids", "notice_ids"):
            self.assertIsNone(form.find(f".//field[@name='{name}']"), name)

    def test_no_page_is_the_form_in_which_a_ticket_is_opened(self):
        tickets = self.env["helpdesk.ticket"].with_user(self.ann)
        opened = etree.fromstring(tickets.get_view(view_type="form")["arch"])
        self.assertIsNotNone(opened.find(".//page[@name='vip_page']"))
