from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.resource_worktime.engine.worktime import to_datetime, to_epoch
from odoo.addons.vip_base.tools.times import at_context

from .common import DUE, LATER, ScoreCase


@tagged("post_install", "-at_install")
class TestScoreKpi(ScoreCase):
    """Targets, today's value, twelve months, the tickets behind (REQUIREMENTS K1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Measured"})
        cls.company.resource_calendar_id.tz = "UTC"
        users = cls.agent | cls.other | cls.manager | cls.boss
        users.company_ids += cls.company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.team.company_id = cls.company
        cls.team.user_id = cls.other

    def board(self, user=None, scope=None, at=LATER):
        kpis = self.env["score.kpi"].with_user(user or self.manager)
        return kpis.with_context(**at_context(at)).kpi_board(scope)

    def kpi(self, key, **options):
        return {row["key"]: row for row in self.board(**options)["kpis"]}[key]

    def solved(self, user=None, due=DUE):
        return self.ticket([(user or self.agent, 60)], due, self.company)[0]

    def answered(self, started, stopped, calendar=None, user=None, **values):
        ticket, _stop = self.ticket([(user or self.agent, 60)], started, self.company)
        due = started + timedelta(minutes=15)
        if calendar:
            after = calendar._worktime(self.company, started, due)
            due = to_datetime(after.add(to_epoch(started), 900))
        self.clock(
            ticket,
            metric="first_response",
            state="met",
            started_at=started,
            stopped_at=stopped,
            calendar=calendar,
            due_at=due,
            **values,
        )
        ticket.first_response_at = stopped
        self.env.flush_all()
        return ticket

    def test_nothing_measured_is_said_as_nothing(self):
        row = self.kpi("response")
        self.assertEqual(
            (row["value"], row["count"], row["is_reached"]), (None, 0, None)
        )
        self.assertEqual(len(row["series"]), 12)

    def test_the_response_is_an_average_of_minutes(self):
        self.answered(DUE, DUE + timedelta(minutes=2))
        self.answered(DUE, DUE + timedelta(minutes=4))
        row = self.kpi("response")
        self.assertEqual((row["value"], row["count"], row["target"]), (3, 2, 3))
        self.assertTrue(row["is_reached"])
        self.answered(DUE, DUE + timedelta(minutes=6))
        self.assertFalse(self.kpi("response")["is_reached"])

    def test_the_response_is_counted_in_working_time(self):
        calendar = self.company.resource_calendar_id
        friday = DUE.replace(day=15, hour=16, minute=58)
        monday = DUE.replace(day=18, hour=8, minute=3)
        self.answered(friday, monday, calendar)
        worked = calendar._worktime(self.company, friday, monday)
        minutes = worked.between(
            int((friday - DUE.replace(1970, 1, 1, 0, 0)).total_seconds()),
            int((monday - DUE.replace(1970, 1, 1, 0, 0)).total_seconds()),
        )
        self.assertEqual(self.kpi("response")["value"], minutes / 60)
        self.assertLess(minutes / 60, 10)

    def test_each_team_has_its_average_month_by_month(self):
        second = self.team.copy({"name": "Second line", "user_id": False})
        for minutes, team, back in ((2, self.team, 0), (6, second, 0), (4, second, 31)):
            at = DUE - timedelta(days=back)
            ticket = self.answered(at, at + timedelta(minutes=minutes))
            ticket.team_id = team
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE sla_span SET team_id = %s WHERE ticket_id = %s",
                [team.id, ticket.id],
            )
        kpi = self.env["score.kpi"].browse(self.kpi("response")["id"])
        kpi = kpi.with_context(**at_context(LATER))
        found = kpi.with_user(self.manager).kpi_teams()
        self.assertEqual(found["months"][-2:], ["2024-02-01", "2024-03-01"])
        values = {
            team["name"]: [
                (cell["value"], cell["count"], cell["is_reached"])
                for cell in team["cells"][-2:]
            ]
            for team in found["teams"]
        }
        self.assertEqual(
            values,
            {
                "Measured": [(4, 1, False), (4, 2, False)],
                self.team.name: [(None, 0, None), (2, 1, True)],
                "Second line": [(4, 1, False), (6, 1, False)],
            },
        )
        led = kpi.with_user(self.other).kpi_teams()["teams"]
        self.assertEqual([team["name"] for team in led], [self.team.name])
        self.assertFalse(kpi.with_user(self.agent).kpi_teams()["teams"])

    def test_comparing_teams_costs_the_same_however_many_there_are(self):
        kpi = self.env["score.kpi"].browse(self.kpi("response")["id"])
        self.team.copy({"name": "Second line"})
        self.env.flush_all()
        kpi.kpi_teams()
        with self.assertQueryCount(7):
            kpi.kpi_teams()

    def test_satisfied_is_four_or_five_of_those_who_rated(self):
        for value in (5, 4, 3):
            self.rate(self.solved(), value)
        row = self.kpi("satisfaction")
        self.assertEqual((row["value"], row["target"]), (66.67, 85))
        self.assertFalse(row["is_reached"])

    def test_solved_of_solved_and_left_open(self):
        for _number in range(3):
            self.solved()
        again = self.solved()
        self._span(again, DUE + timedelta(days=1), self.agent)
        self.assertEqual(self.kpi("solving")["value"], 75)

    def test_each_month_has_its_own_value(self):
        self.solved(due=DUE - timedelta(days=31))
        again = self.solved()
        self._span(again, DUE + timedelta(days=1), self.agent)
        values = [month["value"] for month in self.kpi("solving")["series"]]
        self.assertEqual(values[-2:], [100, 0])
        self.assertEqual(set(values[:-2]), {None})

    def test_the_tickets_behind_a_number_are_one_click_away(self):
        tickets = self.solved() | self.solved()
        self.solved(due=DUE - timedelta(days=31))
        row = self.kpi("solving")
        kpi = self.env["score.kpi"].browse(row["id"]).with_user(self.manager)
        action = kpi.kpi_tickets("company", row["series"][-1]["month"])
        found = self.env["helpdesk.ticket"].search(action["domain"])
        self.assertEqual((found, row["count"]), (tickets, 2))

    def test_a_company_sets_its_own_target(self):
        shipped = len(self.board()["kpis"])
        self.env["score.kpi"].create(
            {
                "name": "Ours",
                "key": "solving",
                "target": 50,
                "company_id": self.company.id,
            }
        )
        self.assertEqual(self.kpi("solving")["target"], 50)
        self.assertEqual(len(self.board()["kpis"]), shipped)

    def test_who_sees_what(self):
        self.solved()
        self.solved(self.other)
        team = f"team-{self.team.id}"
        self.assertEqual(self.board()["scope"], "company")
        keys = [scope["key"] for scope in self.board(self.other)["scopes"]]
        self.assertEqual(keys, [team, "own"])
        own = self.board(self.agent)
        self.assertEqual([scope["key"] for scope in own["scopes"]], ["own"])
        self.assertEqual(self.kpi("solving", user=self.agent)["count"], 1)
        for scope in ("company", team, "team-0", "nonsense"):
            with self.subTest(scope), self.assertRaises(AccessError):
                self.board(self.agent, scope)

    def keep(self, at=LATER):
        """Let the job of the night run."""
        months = self.env["vip.figure.month"]
        for month in months._to_keep(self.company, at):
            months._keep(self.company, month)

    def values(self, key, **options):
        return [month["value"] for month in self.kpi(key, **options)["series"]]

    def test_what_is_kept_is_what_was_counted_in_every_scope(self):
        for back in (31, 62):
            due = DUE - timedelta(days=back)
            self.rate(self.solved(due=due), 5)
            again = self.solved(self.other, due)
            self._span(again, due + timedelta(days=1), self.agent)
            self.answered(due, due + timedelta(minutes=back))
        scopes = [(self.manager, "company"), (self.manager, f"team-{self.team.id}")]
        scopes += [(self.agent, "own"), (self.other, "own"), (self.boss, "own")]
        counted = [self.board(*scope)["kpis"] for scope in scopes]
        kpis = self.env["score.kpi"].with_user(self.manager)._of(self.company)
        teams = [kpi.kpi_teams() for kpi in kpis]
        self.keep()
        self.assertEqual([self.board(*scope)["kpis"] for scope in scopes], counted)
        self.assertEqual([kpi.kpi_teams() for kpi in kpis], teams)
        self.assertTrue(any(self.values("solving")[:-1]))

    def test_a_kept_month_is_not_counted_again(self):
        old = DUE - timedelta(days=31)
        self.solved(due=old)
        self.keep()
        again = self.solved(due=old)
        self._span(again, old + timedelta(days=1), self.agent)
        self.solved()
        # What was reopened is open at the end of this month, and was then of that one.
        self.assertEqual(self.values("solving")[-2:], [100, 50])

    def test_a_month_is_counted_anew_each_night_until_it_is_closed(self):
        old = DUE - timedelta(days=31)
        self.solved(due=old)
        self.keep()
        again = self.solved(due=old)
        self._span(again, old + timedelta(days=1), self.agent)
        self.keep()
        self.assertEqual(self.values("solving")[-2], 50)
        self.company.score_locked_month = old.date().replace(day=1)
        self._span(again, old + timedelta(days=2), self.agent, solved=True)
        self.keep()
        self.assertEqual(self.values("solving")[-2], 50)

    def test_closing_a_month_keeps_it_as_it_is_then(self):
        old = DUE - timedelta(days=31)
        self.solved(due=old)
        self.keep()
        self._span(self.solved(due=old), old + timedelta(days=1), self.agent)
        month = old.date().replace(day=1)
        close = self.env["score.close"].create(
            {"month": month, "company_id": self.company.id}
        )
        with patch.object(type(close), "_commit_batch", lambda self: None):
            close._run(LATER, self.manager)
        self.assertEqual(self.values("solving")[-2], 50)
        self.assertNotIn(
            month, self.env["vip.figure.month"]._to_keep(self.company, LATER)
        )

    def test_a_figure_costs_the_same_whatever_the_history(self):
        self.board()
        self.env.flush_all()
        with self.assertQueryCount(30):
            self.board()

    def test_the_podium_is_shown_where_the_company_wants_it(self):
        self.solved()
        cards = self.env["score.card"]
        march = DUE.date().replace(day=1)
        self.env["score.card.template"].search([]).min_tickets = 1
        cards._refresh(self.company, march)
        card = cards.search([("company_id", "=", self.company.id)])
        card._close(LATER.replace(month=4))
        self.assertEqual(self.board()["podium"][0]["name"], self.agent.name)
        self.assertFalse(self.board(self.agent)["podium"])
        self.company.score_podium = True
        self.assertEqual(self.board(self.agent)["podium"][0]["rank"], 1)

    # By unit (REQUIREMENTS S4)

    def unit(self, name, parent=None, head=None):
        return self.env["vip.unit"].create(
            {
                "name": name,
                "company_id": self.company.id,
                "parent_id": parent and parent.id,
                "head_id": head and head.id,
            }
        )

    def judged(self, kept, day=DUE):
        """Let the team keep or miss a promise on a day."""
        ticket, stop = self.ticket([(self.agent, 60)], day, self.company)
        self.clock(ticket, day, state="met" if kept else "missed", stopped_at=stop)
        if not kept:
            self.env["sla.breach"].create(
                {
                    "ticket_id": ticket.id,
                    "ticket_number": ticket.number,
                    "company_id": self.company.id,
                    "metric": "resolution",
                    "breached_at": day,
                    "user_id": self.agent.id,
                    "team_id": self.team.id,
                    "overrun_seconds": 60,
                }
            )
        self.env.flush_all()

    def by_unit(self, user=None, at=LATER):
        kpi = self.env["score.kpi"].browse(self.kpi("timeliness")["id"])
        kpi = kpi.with_context(**at_context(at)).with_user(user or self.manager)
        return {
            row["name"]: [(cell["value"], cell["count"]) for cell in row["cells"][-2:]]
            for row in kpi.kpi_teams()["teams"]
            if row["scope"].startswith("unit-")
        }

    def test_promises_kept_count_for_the_unit_of_then_and_those_above(self):
        branch = self.unit("Shanghai")
        desk, claims = self.unit("Desk", branch), self.unit("Claims", branch)
        self.judged(True, DUE - timedelta(days=31))
        self.team.with_context(**at_context(DUE - timedelta(days=40))).unit_id = desk
        self.judged(False, DUE)
        later = DUE + timedelta(days=1)
        self.team.with_context(**at_context(later)).unit_id = claims
        self.judged(True, later + timedelta(hours=1))
        expected = {
            "Shanghai": [(100, 1), (50, 2)],
            "Shanghai / Desk": [(100, 1), (0, 1)],
            "Shanghai / Claims": [(None, 0), (100, 1)],
        }
        self.assertEqual(self.by_unit(), expected)
        self.env["vip.figure.month"]._keep(
            self.company, DUE.date().replace(month=2, day=1)
        )
        self.assertEqual(self.by_unit(), expected)
        # As kept, and as counted now.
        self.assertEqual(
            self.kpi("timeliness", scope=f"unit-{desk.id}")["series"][-2]["value"], 100
        )
        self.assertEqual(self.kpi("timeliness", scope=f"unit-{branch.id}")["value"], 50)

    def test_the_first_unit_of_a_team_holds_for_what_is_kept_without_units(self):
        february = DUE - timedelta(days=31)
        self.judged(True, february)
        self.env["vip.figure.month"]._keep(self.company, february.date().replace(day=1))
        desk = self.unit("Desk")
        self.team.unit_id = desk
        self.assertEqual(self.by_unit(), {"Desk": [(100, 1), (None, 0)]})
        self.assertEqual(
            self.kpi("timeliness", scope=f"unit-{desk.id}")["series"][-2]["value"], 100
        )

    def test_a_head_sees_the_unit_and_what_belongs_to_it(self):
        branch = self.unit("Shanghai", head=self.agent)
        desk, other = self.unit("Desk", branch), self.unit("Beijing")
        self.team.unit_id = desk
        self.judged(True)
        names = [scope["name"] for scope in self.board(self.agent)["scopes"]]
        self.assertEqual(names[:2], ["Shanghai", "Shanghai / Desk"])
        self.assertEqual(set(self.by_unit(self.agent)), {"Shanghai", "Shanghai / Desk"})
        with self.assertRaises(AccessError):
            self.board(self.agent, scope=f"unit-{other.id}")

    def test_a_unit_opens_its_tickets(self):
        desk = self.unit("Desk")
        self.team.unit_id = desk
        self.judged(True)
        self.judged(False)
        kpi = self.env["score.kpi"].browse(self.kpi("timeliness")["id"])
        action = kpi.with_user(self.manager).kpi_tickets(
            f"unit-{desk.id}", "2024-03-01"
        )
        found = self.env["helpdesk.ticket"].search(action["domain"])
        self.assertEqual(len(found), 2)
