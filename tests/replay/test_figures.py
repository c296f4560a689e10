"""The figures of the replayed log are those of a plain count, wherever they are shown."""

from odoo.tests import tagged

from odoo.addons.vip_base.tools.stretch import Stretch
from odoo.addons.vip_base.tools.times import add_months, at_context

from .common import ReplayCase
from .figures import APART, FIGURES, Plain

#: What clients were asked and graded in detail.
VOICE = {key for key in FIGURES if key.startswith("voice_")}


@tagged("post_install", "-at_install")
class TestFigures(ReplayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.play(shift=False, tickets=300)
        cls.company = cls.env.company
        cls._make_units()
        cls._make_reviews()
        cls._make_responses()
        cls._make_questions()
        cls.env.flush_all()
        cls.plain = Plain(cls.env, cls.company)
        cls.months = sorted({month for _by, _record, month in cls.plain.heaps})
        cls.figures = cls.env["vip.figure"]

    @classmethod
    def _make_units(cls):
        """Let two of three teams have a unit, the second one since the middle of it all."""
        units = cls.env["vip.unit"]
        top = units.create({"name": "Top"})
        parts = [units.create({"name": n, "parent_id": top.id}) for n in "AB"]
        [[middle]] = cls.rows("SELECT max(start) - interval '20 days' FROM sla_span")
        at = at_context(middle)
        for place, team in enumerate(cls.env["helpdesk.ticket.team"].search([])):
            if place % 3:
                team.unit_id = parts[0]
            if place % 3 == 2:
                team.with_context(**at).unit_id = parts[1]

    @classmethod
    def _make_reviews(cls):
        """Let every fifth ticket have been reviewed, most of them so that it counts."""
        cls.rows(
            """
            INSERT INTO score_review (company_id, card_id, month, user_id, team_id,
                   ticket_id, reviewer_id, state, percent, is_calibration)
            SELECT t.company_id, (SELECT min(id) FROM score_review_card),
                   date_trunc('month', s.start)::date, s.user_id, s.team_id,
                   s.ticket_id, 2, (ARRAY['shown', 'signed', 'annulled'])[1 + s.id %% 3],
                   50 + (s.id * 7) %% 51, s.id %% 10 = 0
              FROM sla_span s JOIN helpdesk_ticket t ON t.id = s.ticket_id
             WHERE s.solved AND s.user_id IS NOT NULL AND s.id %% 5 = 0
                ON CONFLICT DO NOTHING
         RETURNING id
            """
        )

    @classmethod
    def _make_questions(cls):
        """Let clients have been asked about closings they did not answer; some left."""
        rows = cls.rows(
            """
            SELECT s.ticket_id, s.start, 0, COALESCE(s.user_id, 0),
                   COALESCE(s.team_id, 0), COALESCE(s.category_id, 0)
              FROM sla_span s
             WHERE s.solved AND s.cancels IS NOT TRUE AND s.id %% 3 = 0
             ORDER BY s.id
            """
        )
        questions = cls.env["vip.question"]._note_closings(
            rows, cls.env.cr.now().replace(microsecond=0), state="asked"
        )
        for question in questions:
            if question.id % 4:
                cls.env["vip.question.key"]._issue(question)

    @classmethod
    def _make_responses(cls):
        """Let people have answered after some minutes: the log holds no messages."""
        cls.env.cr.execute(
            """
            UPDATE sla_clock
               SET stopped_at = started_at + (id % 47) * interval '1 minute'
             WHERE metric = 'first_response' AND state = 'met';
            UPDATE helpdesk_ticket t SET first_response_at = c.stopped_at
              FROM sla_clock c
             WHERE c.ticket_id = t.id AND c.metric = 'first_response'
               AND c.state = 'met'
            """
        )
        cls.env.invalidate_all()

    def expected(self, key, dimension):
        found = {}
        for (by, record, month), heap in self.plain.heaps.items():
            if by == dimension:
                value, of = FIGURES[key](heap)
                if of:
                    found[record, month] = (round(float(value), 6), of)
        return found

    def found(self, known, dimension):
        return {
            (record, month): (round(float(numbers.value), 6), numbers.of)
            for (by, record, month), numbers in known.items()
            if by == dimension and numbers.of
        }

    def test_there_is_something_to_count_of_every_figure(self):
        self.assertEqual(set(FIGURES) | APART, set(self.figures._counted()))
        self.assertGreater(len(self.months), 3)
        for key in FIGURES:
            values = {value for value, _of in self.expected(key, "user_id").values()}
            self.assertGreater(len(values), 2, key)

    def test_each_figure_is_the_plain_count_by_every_dimension(self):
        known = self.env["vip.occurrence"]._known_dimensions()
        stretch = Stretch.of(self.company, self.months)
        by = ["", *(name for name in known if name != "ticket_id")]
        counted = self.figures._count(stretch, list(FIGURES), by)
        for key in FIGURES:
            for dimension in by:
                with self.subTest(key, by=dimension):
                    self.assertEqual(
                        self.found(counted[key], dimension),
                        self.expected(key, dimension),
                    )

    def test_what_is_kept_is_what_was_counted(self):
        months = self.env["vip.figure.month"]
        by = ["", "user_id", "team_id", "unit_id"]
        counted = self.figures._over(self.company, list(FIGURES), self.months, by)
        for month in self.months:
            months._keep(self.company, month)
        self.assertFalse(list(months._lacking(self.company, FIGURES, self.months, by)))
        kept = self.figures._over(self.company, list(FIGURES), self.months, by)
        for key in FIGURES:
            for dimension in by:
                with self.subTest(key, by=dimension):
                    found = self.found(kept[key], dimension)
                    self.assertEqual(found, self.expected(key, dimension))
                    self.assertEqual(found, self.found(counted[key], dimension))

    def test_cards_and_board_show_the_same(self):
        for model, dimension in (
            ("score.card", "user_id"),
            ("score.team.card", "team_id"),
        ):
            for month in self.months:
                self.env[model]._refresh(self.company, month)
            cards = self.env[model].search([("company_id", "=", self.company.id)])
            # Of the others no template weighs any: a card does not have them.
            for key in FIGURES.keys() - {"response", "timeliness_gross", *VOICE}:
                with self.subTest(model, key=key):
                    shown = {
                        (card[dimension].id, card.month): round(card[key], 6)
                        for card in cards
                        if card._measured(key)
                    }
                    plain = self.expected(key, dimension)
                    self.assertEqual(
                        shown,
                        {at: value for at, (value, _of) in plain.items() if value},
                    )
        at = at_context(self.env.cr.now().replace(2016, 6, 20))
        board = self.env["score.kpi"].with_context(**at).kpi_board("company")
        for row in board["kpis"]:
            # What the log holds nothing of is not measured.
            plain = {} if row["key"] in APART else self.expected(row["key"], "")
            for cell in row["series"]:
                month = add_months(self.months[0].fromisoformat(cell["month"]), 0)
                value, of = plain.get((0, month), (None, 0))
                shown = value if value is None else round(value, 2)
                with self.subTest(row["key"], month=month):
                    self.assertEqual((cell["value"], cell["of"]), (shown, of))
