"""The homes of agents and managers: in the order of the queue, from what is known."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import tagged

from odoo.addons.vip_base.tools.shared import share
from odoo.addons.vip_base.tools.times import at_context

from .common import START, SlaCase, minutes


class HomeCase(SlaCase):
    def home(self, user, after):
        """Return the home as a user sees it so many minutes after START."""
        self.env.flush_all()
        self.env.invalidate_all()
        context = {"tz": "UTC", "lang": "en_US", **at_context(minutes(after))}
        return share(self.env["vip.home"].with_user(user).with_context(**context))

    def page(self, user, role, after):
        home = self.home(user, after)
        page = home.page(role)
        later = home.later(role)
        panels = {panel["key"]: panel for panel in page["panels"]}
        panels |= {key: told for key, told in later["panels"].items() if told["data"]}
        self.assertFalse([key for key, told in panels.items() if told["failed"]])
        return page, {key: panel["data"] for key, panel in panels.items()}

    def rows(self, home, link):
        model = home.env[link["model"]]
        return model.search(Domain(link["domain"]))

    def leave(self, user, start, stop):
        """Let the boss enter leave of a user."""
        return (
            self.env["resource.calendar.leaves"]
            .with_user(self.boss)
            .create({"agent_id": user.id, "date_from": start, "date_to": stop})
        )


@tagged("post_install", "-at_install")
class TestHomeOfAgent(HomeCase):
    def test_rows_are_the_queues_in_its_order(self):
        self.tickets(3)
        self.ticket(minutes(20))
        waiting = self.ticket(minutes(1))
        self.move(waiting, minutes(2), self.awaiting)
        self.ticket(minutes(3), user_id=self.bob.id)
        page, panels = self.page(self.ann, "agent", 25)
        home = self.home(self.ann, 25)
        queue = home.env["helpdesk.ticket"].search(
            [("user_id", "=", self.ann.id), ("sla_section", "in", ["act", "due"])],
            order="sla_section, sla_place, id",
        )
        sections = panels["sla_promise/queue"]["sections"]
        shown = [row["id"] for section in sections for row in section["rows"]]
        self.assertEqual(shown, queue.ids)
        for section in (*sections, *panels["sla_promise/queue"]["below"]):
            found = self.rows(home, section["link"])
            self.assertEqual(len(found), section["count"], section["key"])
        self.assertEqual(page["panels"][0]["key"], "vip_service/next_action_agent")

    def test_what_is_first_in_the_queue_is_the_next_action(self):
        own = self.ticket(minutes(10))
        free = self.ticket(user_id=False)
        _page, panels = self.page(self.ann, "agent", 25)
        told = panels["vip_service/next_action_agent"]
        self.assertEqual(told["action"]["verb"], "take")
        self.assertEqual(told["action"]["ticket"]["id"], free.id)
        self.assertEqual(told["face"]["client"]["name"], "Client")
        self.assertEqual(told["side"]["data"]["metric"], "First response")
        free.with_user(self.bob).assign_to_me()
        _page, panels = self.page(self.ann, "agent", 25)
        told = panels["vip_service/next_action_agent"]
        self.assertEqual(told["action"]["verb"], "reply")
        self.assertEqual(told["action"]["ticket"]["id"], own.id)

    def next_action(self, after, user=None):
        _page, panels = self.page(user or self.ann, "agent", after)
        return panels.get("vip_service/next_action_agent")

    def test_the_clock_beside_the_next_action_is_that_of_its_promise(self):
        self.make_policy(
            "Solved first",
            first_response=60,
            resolution=45,
            category_ids=[(6, 0, self.item.ids)],
        )
        ticket = self.ticket()
        self.assertEqual(ticket.sla_next["metric"], "Resolution")
        told = self.next_action(1)
        self.assertEqual(told["action"]["verb"], "reply")
        self.assertEqual(told["action"]["promise"], "First response")
        self.assertEqual(told["side"]["data"]["metric"], "First response")
        self.assertEqual(told["side"]["data"]["due"], told["action"]["until"])
        # What presses is done first, and on the ticket.
        told = self.next_action(30)
        self.assertEqual(told["action"]["verb"], "solve")
        self.assertEqual(told["action"]["button"], "Open the request")
        self.assertEqual(told["side"]["data"]["metric"], "Resolution")

    def test_what_is_put_off_comes_back_when_its_time_is_over(self):
        first, second = self.ticket(), self.ticket(minutes(1))
        action = self.next_action(2)["action"]
        self.assertEqual(action["ticket"]["id"], first.id)
        until = f"{minutes(12):%Y-%m-%d %H:%M:%S}"
        self.home(self.ann, 2).put_off(action["key"], action["since"], until)
        told = self.next_action(3)
        self.assertEqual(told["action"]["ticket"]["id"], second.id)
        self.assertEqual(told["put_off"], {"count": 1, "until": until})
        page, _panels = self.page(self.ann, "agent", 3)
        self.assertLessEqual(page["until"], until)
        # For nobody else, and not for ever.
        second.user_id = self.bob
        self.assertFalse(self.next_action(3)["action"])
        self.assertEqual(self.next_action(3)["put_off"]["count"], 1)
        first.user_id = self.bob
        told = self.next_action(3, self.bob)
        self.assertEqual(told["action"]["ticket"]["id"], first.id)
        self.assertFalse(told["put_off"])
        first.user_id = self.ann
        told = self.next_action(12)
        self.assertEqual(told["action"]["ticket"]["id"], first.id)
        self.assertFalse(told["put_off"])

    def test_what_is_put_off_can_be_brought_back(self):
        ticket = self.ticket()
        action = self.next_action(2)["action"]
        for until in (minutes(10), minutes(20)):
            self.home(self.ann, 2).put_off(
                action["key"], action["since"], f"{until:%Y-%m-%d %H:%M:%S}"
            )
        self.assertEqual(self.next_action(3)["put_off"]["count"], 1)
        self.home(self.ann, 3).bring_back()
        told = self.next_action(3)
        self.assertEqual(told["action"]["ticket"]["id"], ticket.id)

    def test_an_answer_that_is_owed_since_later_is_not_put_off(self):
        ticket = self.ticket()
        action = self.next_action(2)["action"]
        until = f"{minutes(25):%Y-%m-%d %H:%M:%S}"
        self.home(self.ann, 2).put_off(action["key"], "2020-01-01 00:00:00", until)
        self.assertEqual(self.next_action(3)["action"]["ticket"]["id"], ticket.id)

    def test_nobody_puts_off_nonsense(self):
        home = self.home(self.ann, 2)
        soon = f"{minutes(12):%Y-%m-%d %H:%M:%S}"
        for args in (
            (7, False, soon),
            ("reply:helpdesk.ticket,1", 7, soon),
            ("reply:helpdesk.ticket,1", False, "soon"),
            ("reply:helpdesk.ticket,1", False, False),
            ("reply:helpdesk.ticket,1", False, [1]),
            ("reply:helpdesk.ticket,1", False, "2020-01-01 00:00:00"),
            ("reply:helpdesk.ticket,1", False, "2099-01-01 00:00:00"),
        ):
            with self.subTest(args), self.assertRaises(UserError):
                home.put_off(*args)
        with self.assertRaises(AccessError):
            home.with_user(self.env.ref("base.public_user")).put_off("a", False, soon)

    def test_the_page_says_when_time_alone_changes_it(self):
        self.ticket()
        page, _panels = self.page(self.ann, "agent", 0)
        warned = self.clock(self.env["helpdesk.ticket"].search([], limit=1))
        self.assertTrue(warned)
        # Twenty minutes before the first response is due.
        self.assertEqual(page["until"], f"{minutes(10):%Y-%m-%d %H:%M:%S}")

    def test_the_day_has_working_hours_and_what_is_due_on_it(self):
        office = self.office(first=9, last=12)
        office.attendance_ids = [
            (0, 0, {**each, "dayofweek": "0", "name": "After lunch"})
            for each in ({"hour_from": 13, "hour_to": 17},)
        ]
        self.team.resource_calendar_id = office
        self.ticket()
        _page, panels = self.page(self.ann, "agent", 40)
        day = panels["sla_promise/day"]
        hours = [[at[11:16] for at in span] for span in day["worked"]]
        self.assertEqual(hours, [["09:00", "12:00"], ["13:00", "17:00"]])
        [mark] = day["marks"]
        self.assertEqual((mark["tone"], mark["at"][11:16]), ("late", "09:30"))

    def test_an_empty_desk_offers_work(self):
        self.ticket(user_id=False)
        late = self.ticket(user_id=self.bob.id)
        waiting = self.ticket()
        self.move(waiting, minutes(1), self.awaiting)
        after = 5 * 24 * 60
        home = self.home(self.ann, after)
        _page, panels = self.page(self.ann, "agent", after)
        self.assertNotIn("sla_promise/queue", panels)
        offers = {
            offer["icon"]: offer for offer in panels["sla_promise/idle"]["offers"]
        }
        self.assertEqual(self.rows(home, offers["fa-life-ring"]["link"]), late)
        for offer in offers.values():
            self.assertEqual(len(self.rows(home, offer["link"])), offer["count"])
        self.assertIn("fa-hand-paper-o", offers)
        _page, panels = self.page(self.bob, "agent", after)
        self.assertNotIn("sla_promise/idle", panels)

    def test_above_every_page_is_what_is_late_and_soon(self):
        self.tickets(2)
        self.ticket(minutes(20))
        self.ticket(user_id=self.bob.id)
        for user, late, soon in ((self.ann, 2, 1), (self.bob, 1, 0), (self.boss, 3, 1)):
            home = self.home(user, 31)
            told = home.systray()
            with self.subTest(user.login):
                self.assertEqual((told["late"], told["soon"]), (late, soon))
                action = home.open_systray()
                found = home.env["helpdesk.ticket"].search(Domain(action["domain"]))
                self.assertEqual(len(found), late + soon)
        stranger = self.env.ref("base.public_user")
        self.assertFalse(self.env["vip.home"].with_user(stranger).systray())


@tagged("post_install", "-at_install")
class TestHomeOfManager(HomeCase):
    def late(self, after=40):
        """Return {ticket id: row} of what the manager sees of late tickets."""
        _page, panels = self.page(self.boss, "manager", after)
        return {row["id"]: row for row in panels["sla_promise/late"]["rows"]}

    def test_each_late_ticket_has_its_cause_and_one_fitting_action(self):
        self.env.company.sla_load_limit = 5
        nobody, plain = self.ticket(user_id=False), self.ticket()
        waits = self.ticket(user_id=self.bob.id)
        self.move(waits, minutes(35), self.third)
        rows = self.late()
        self.assertEqual(rows[nobody.id]["action"], "assign")
        self.assertEqual(rows[plain.id]["icon"], "fa-envelope-o")
        self.assertEqual(rows[plain.id]["action"], "step_in")
        self.assertEqual(rows[waits.id]["icon"], "fa-pause")
        self.env.company.sla_load_limit = 1
        self.ticket(minutes(39))
        row = self.late()[plain.id]
        self.assertEqual((row["action"], row["why"]), ("reassign", "2 open, limit 1"))
        self.leave(self.ann, START - timedelta(days=1), START + timedelta(days=1))
        row = self.late()[plain.id]
        self.assertEqual((row["action"], row["icon"]), ("reassign", "fa-moon-o"))

    def test_a_load_is_the_queue_of_each_holder(self):
        self.tickets(2)
        self.tickets(2, minutes(15))
        waiting = self.ticket(minutes(10))
        self.move(waiting, minutes(12), self.awaiting)
        self.ticket(user_id=self.bob.id, category_id=self.urgent_item.id)
        self.ticket(minutes(39), user_id=self.bob.id)
        home = self.home(self.boss, 40)
        _page, panels = self.page(self.boss, "manager", 40)
        rows = {row["id"]: row for row in panels["sla_promise/load"]["rows"]}
        ann = rows[self.ann.id]
        self.assertEqual([ann[part] for part in ("late", "soon", "waiting")], [2, 2, 1])
        self.assertEqual(ann["open"], 5)
        for row in rows.values():
            self.assertEqual(len(self.rows(home, row["link"])), row["open"])
            for part in row["parts"]:
                with self.subTest(row["name"], part=part["key"]):
                    found = self.rows(home, part["link"])
                    self.assertEqual(len(found), part["count"])

    def test_the_limit_of_a_user_goes_before_that_of_the_company(self):
        self.env.company.sla_load_limit = 1
        self.bob.sla_load_limit = 7
        self.tickets(2)
        self.ticket(user_id=self.bob.id)
        _page, panels = self.page(self.boss, "manager", 1)
        rows = {row["id"]: row for row in panels["sla_promise/load"]["rows"]}
        ann, bob = rows[self.ann.id], rows[self.bob.id]
        self.assertEqual((ann["limit"], ann["over"]), (1, True))
        self.assertEqual((bob["limit"], bob["over"]), (7, False))

    def test_who_has_too_much_is_the_next_action_then_what_nobody_has(self):
        self.env.company.sla_load_limit = 2
        free = self.ticket(user_id=False)
        self.tickets(3)
        _page, panels = self.page(self.boss, "manager", 40)
        action = panels["vip_service/next_action_manager"]["action"]
        self.assertEqual(action["call"]["kwargs"], {"user_id": self.ann.id})
        self.env.company.sla_load_limit = 0
        _page, panels = self.page(self.boss, "manager", 40)
        action = panels["vip_service/next_action_manager"]["action"]
        self.assertEqual(action["call"]["kwargs"], {"ticket_ids": free.ids})

    def test_kept_of_today_and_of_the_month_net_and_gross(self):
        kept, missed, excused = self.tickets(3)
        self.move(kept, minutes(10), self.done)
        self.due(minutes(61))
        self.breaches(excused).sudo().write({"state": "excused"})
        home = self.home(self.boss, 62)
        _page, panels = self.page(self.boss, "manager", 62)
        told = panels["sla_promise/kept"]
        for name, lost in (("today", 2), ("net", 2), ("gross", 4)):
            with self.subTest(name):
                self.assertEqual(told[name]["missed"], lost)
                window = home.open_missed(**told[name]["call"]["kwargs"])
                found = home.env["sla.breach"].search(Domain(window["domain"]))
                self.assertEqual(len(found), lost)
        self.assertEqual(told["net"]["of"] + 2, told["gross"]["of"])
        self.assertEqual(self.breaches(missed).mapped("state"), ["open", "open"])

    def test_kept_by_day_is_the_figure_whether_kept_or_counted(self):
        kept, missed, excused = self.tickets(3)
        self.move(kept, minutes(10), self.done)
        self.due(minutes(61))
        company, keys = self.env.company, ["timeliness", "timeliness_gross"]
        figures, later = self.env["vip.figure"], minutes(3 * 24 * 60)
        counted = figures._by_day(company, keys, later)
        self.assertEqual(len(counted), 7)
        [month] = {day.replace(day=1) for day in counted}
        of_month = figures._over(company, keys, [month])
        for key in keys:
            [whole] = of_month[key].values()
            for part in ("part", "of"):
                self.assertEqual(
                    sum(getattr(of[key], part) or 0 for of in counted.values()),
                    getattr(whole, part),
                )
        self.env["vip.figure.day"]._keep(company, later)
        days = self.env["vip.figure.day"].search([("company_id", "=", company.id)])
        self.assertEqual(len(days), 12)
        self.assert_same(figures._by_day(company, keys, later), counted)
        # What is decided of a day that is over counts at once.
        self.breaches(excused).sudo().write({"state": "excused"})
        again = figures._by_day(company, keys, later)
        [first] = [day for day, of in counted.items() if of["timeliness"].of]
        before, after = counted[first], again[first]
        self.assertEqual(before["timeliness"].of - after["timeliness"].of, 2)
        self.assertEqual(before["timeliness_gross"].of, after["timeliness_gross"].of)
        self.env["vip.figure.day"]._keep(company, later)
        self.assert_same(figures._by_day(company, keys, later), again)

    def test_a_promise_that_turns_out_to_be_kept_counts_of_its_day(self):
        ticket = self.ticket()
        company, later = self.env.company, minutes(3 * 24 * 60)
        self.env["vip.figure.day"]._keep(company, later)
        self.assertTrue(self.env["vip.figure.day"].search([]))
        ticket._at(minutes(5)).write({"stage_id": self.done.id})
        ticket.with_context(**at_context(later))._sla_sync()
        figures = self.env["vip.figure"]._by_day(company, ["timeliness"], later)
        met = ticket.clock_ids.filtered(lambda clock: clock.state == "met")
        self.assertTrue(met)
        self.assertEqual(sum(of["timeliness"].of for of in figures.values()), len(met))

    def assert_same(self, found, expected):
        """Compare figures by day: parts and wholes."""
        self.assertEqual(
            {
                (day, key): (numbers.part or 0, numbers.of)
                for day, of in found.items()
                for key, numbers in of.items()
            },
            {
                (day, key): (numbers.part or 0, numbers.of)
                for day, of in expected.items()
                for key, numbers in of.items()
            },
        )

    def test_only_managers_open_what_was_missed(self):
        with self.assertRaises(AccessError):
            self.home(self.ann, 62).open_missed("net")
        for name in ("nothing", 7, ["net"]):
            with self.subTest(name), self.assertRaises(UserError):
                self.home(self.boss, 62).open_missed(name)


@tagged("post_install", "-at_install")
class TestMove(HomeCase):
    def window(self, after=40, **wanted):
        """Return the window in which the boss moves tickets."""
        moves = self.home(self.boss, after).env["sla.move"]
        return moves.browse(moves.open_move(**wanted)["res_id"])

    def effect(self, move):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            return move._tell_effect()

    def test_it_says_before_what_will_be_and_leaves_nothing(self):
        late, soon = self.ticket(), self.ticket(minutes(15))
        move = self.window(user_id=self.ann.id, to_user_id=self.bob.id)
        move.line_ids.chosen = True
        clocks = (late + soon).clock_ids
        before = clocks.mapped(lambda clock: (clock.due_at, clock.state))
        messages = self.env["mail.message"].search_count([])
        told = self.effect(move)
        self.assertEqual(told["changes"], [])
        loads = {load["name"]: load for load in told["loads"]}
        self.assertEqual(loads[self.ann.name]["before"]["open"], 2)
        self.assertEqual(loads[self.bob.name]["after"]["late"], 1)
        self.env.invalidate_all()
        self.assertEqual((late + soon).user_id, self.ann)
        after = clocks.mapped(lambda clock: (clock.due_at, clock.state))
        self.assertEqual(after, before)
        self.assertEqual(self.env["mail.message"].search_count([]), messages)
        move.action_move()
        self.assertEqual((late + soon).user_id, self.bob)
        found = {load["id"]: load for load in self.home(self.boss, 40)._loads()}
        for name in ("open", "late", "soon"):
            self.assertEqual(
                found[self.bob.id][name], loads[self.bob.name]["after"][name]
            )

    def test_a_promise_that_begins_by_it_is_said(self):
        self.make_policy("Begin", handling=20, category_ids=[(6, 0, self.item.ids)])
        ticket = self.ticket(user_id=False)
        move = self.window(ticket_ids=ticket.ids, to_user_id=self.bob.id)
        before = {(clock.metric, clock.due_at) for clock in ticket.clock_ids}
        told = self.effect(move)
        move.action_move()
        self.env.invalidate_all()
        after = {(clock.metric, clock.due_at) for clock in ticket.clock_ids}
        begun = {metric for metric, _due in after - before}
        told_begun = [row for row in told["changes"] if row["kind"] == "begins"]
        self.assertEqual(len(told_begun), len(begun))

    def test_who_is_not_there_or_would_have_too_much_is_said(self):
        self.env.company.sla_load_limit = 1
        self.ticket(user_id=self.bob.id)
        self.ticket(minutes(39))
        self.leave(self.bob, START, START + timedelta(days=1))
        move = self.window(user_id=self.ann.id, to_user_id=self.bob.id)
        move.line_ids.chosen = True
        remarks = {remark["kind"]: remark for remark in self.effect(move)["remarks"]}
        self.assertEqual((remarks["over"]["count"], remarks["over"]["limit"]), (2, 1))
        self.assertEqual(remarks["away"]["count"], 2)
        self.assertNotIn("stranger", remarks)

    def test_a_receiver_is_proposed_who_has_room_and_is_there(self):
        self.env.company.sla_load_limit = 2
        self.tickets(4)
        move = self.window(user_id=self.ann.id)
        self.assertEqual(move.to_user_id, self.bob)
        # As much as relieves the one and fits the other.
        self.assertEqual(len(move.line_ids.filtered("chosen")), 2)
        self.leave(self.bob, START, START + timedelta(days=1))
        self.assertFalse(self.window(user_id=self.ann.id).to_user_id)

    def test_who_may_not_hold_a_request_does_not_get_it(self):
        ticket = self.ticket()
        ticket.vip_tier_id = self.env["vip.tier"]._ladder(self.env.company)[-1]
        self.bob.partner_id.parent_id = self.client
        self.assertTrue(ticket._bars_to_hold(self.bob))
        move = self.window(user_id=self.ann.id, to_user_id=self.bob.id)
        move.line_ids.chosen = True
        told = self.effect(move)
        self.assertEqual([row["number"] for row in told["refused"]], [ticket.number])
        self.assertEqual(told["count"], 0)
        with self.assertRaisesRegex(Exception, "may hold none"):
            move.action_move()
        self.assertEqual(ticket.user_id, self.ann)
