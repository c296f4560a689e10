"""What the figures read of the host: nothing that who is judged by them can write unseen."""

import ast
import re
from collections import Counter
from datetime import datetime

from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.vip_base.tools.stretch import Stretch

from tools.paths import ADDONS, own_addons

DUE = datetime(2024, 3, 13, 9, 0, 0)


#: Files that work out a percentage, and of what: none of them is a figure of what happened.
PERCENTAGES = {
    "sla_promise/engine/terms.py": "a level of escalation, of its limit",
    "sla_promise/models/home/vip_home_kept.py": "promises kept by day; a figure is of months",
    "sla_promise/models/wall/sla_wall.py": "promises kept of several teams: their sums",
    "sla_promise/models/whatif/sla_policy_trial.py": "promises that would be kept",
    "sla_promise/models/whatif/sla_whatif.py": "how far a job is",
    "sla_promise/static/src/home/home_day.js": "where on the day's axis",
    "sla_promise/static/src/home/home_load.js": "how wide a bar is",
    "sla_promise/static/src/home/home_queue.js": "how wide a bar is",
    "sla_promise/static/src/whatif/whatif.js": "promises that would be kept, of a what-if",
    "sla_scoring/engine/quality.py": "the result of one review",
    "sla_scoring/engine/scorecard.py": "where a figure lies on its line",
    "sla_scoring/models/score_kpi_detail.py": "what moved a figure: parts of its change",
    "sla_scoring/static/src/kpi_board/kept.js": "how wide a bar is",
    "sla_scoring/models/score_review_sample.py": "how many are reviewed twice",
    "vip_base/engine/figure.py": "the formulas of all figures",
    "vip_service/engine/health.py": "how well one measure of health is",
    "vip_service/engine/standing.py": "how near a tier is",
    "vip_service/models/page/res_partner_bands.py": "a month beside the highest one",
    "vip_service/models/face/res_partner_panel.py": "how near the next tier is",
    "vip_service/models/health/res_partner_measure.py": "health of one client: the "
    "change of its activity, its mean grade of half a year",
    "vip_service/models/health/vip_health_backtest.py": "how far a job is",
    "vip_service/tools/measure.py": "how well one measure of health is, in SQL",
    "vip_service/models/res_partner_client_360.py": "how near the next tier is",
    "vip_service/models/vip_tier_backtest.py": "how far a job is",
    "vip_service/static/src/client_360/entitlements/entitlements_section.js": "used",
    "vip_service/tools/outlook_sql.py": "how near the next tier is",
}


@tagged("post_install", "-at_install")
class TestFiguresRead(TransactionCase):
    def test_of_the_host_the_figures_read_tickets_alone(self):
        """Whose moves are on their timeline; hours come by versions, which nobody writes."""
        stretch = Stretch.of(self.env.company, [DUE.date().replace(day=1)])
        kinds = self.env["vip.occurrence"]._all().values()
        texts = [kind._happened(stretch) for kind in kinds]
        read = {
            table
            for sql in texts
            for table in re.findall(r"(?:FROM|JOIN)\s+([a-z]+_[a-z_]+)", sql.code)
        }
        ours = {
            model._table
            for model in self.env.registry.values()
            if model._original_module in own_addons()
        }
        self.assertIn("vip_answer", read & ours)
        # And of whom they are: partners, whose client and tier they are told apart by.
        self.assertEqual(read - ours, {"helpdesk_ticket", "res_partner"})
        answers = self.env["vip.answer"]
        for role in ("agent", "adviser", "manager", "admin", "auditor"):
            user = new_test_user(
                self.env, f"figures_{role}", groups=f"vip_base.group_vip_{role}"
            )
            for operation in ("create", "write", "unlink"):
                self.assertFalse(answers.with_user(user).has_access(operation), role)

    def test_no_file_of_ours_reads_what_the_host_keeps_of_ratings(self):
        """But for the links that lead to our page and the mail that asks."""
        words = re.compile(
            r"\brating\.rating\b|rating_rating|rating_ids|rating_(last|avg|count)"
        )
        allowed = {"sla_scoring/controllers/rating.py"}
        found = {
            str(path.relative_to(ADDONS))
            for addon in own_addons()
            for path in (ADDONS / addon).rglob("*")
            if path.suffix in (".py", ".xml", ".js", ".csv")
            and "tests" not in path.parts
            and words.search(path.read_text())
        }
        self.assertEqual(found, allowed)

    def test_each_figure_and_kind_is_said_by_one_class(self):
        said = Counter(
            (name, value) for name, value, _path in class_texts(("_key", "_kind"))
        )
        figures = self.env["vip.figure"]._all()
        self.assertGreater(len(figures), 8)
        for key in figures:
            self.assertEqual(said["_key", key], 1, key)
        kinds = self.env["vip.occurrence"]._all()
        self.assertGreater(len(kinds), 6)
        for kind in kinds:
            self.assertEqual(said["_kind", kind], 1, kind)
        formulas = [figure._formula for figure in figures.values() if figure._formula]
        self.assertEqual(len(formulas), len(set(formulas)), "one formula, one figure")
        counted = {kind for formula in formulas for kind in formula.kinds}
        self.assertEqual(counted, set(kinds), "each kind is counted by a figure")

    def test_every_figure_says_all_of_itself(self):
        for key, figure in self.env["vip.figure"]._all().items():
            with self.subTest(key):
                self.assertTrue(figure._label())
                self.assertIn(figure._unit, ("percent", "minutes", "number", "points"))
                self.assertIn(figure._better, (1, -1))
                for _kind, label in figure._kinds():
                    self.assertTrue(label)
                if figure._formula:
                    self.assertIn(figure._about_model(), self.env)

    def test_no_second_formula(self):
        """A percentage or a mean in a file of ours is a figure, or says here what it is."""
        words = re.compile(
            r"(?<![\w.])100(?:\.0)?\s*\*|\*\s*100(?:\.0)?\b|/ ?/? 100\b|(?i:\bavg\()"
        )
        found = {
            str(path.relative_to(ADDONS))
            for addon in own_addons()
            for path in (ADDONS / addon).rglob("*")
            if path.suffix in (".py", ".js")
            and not {"tests", "migrations"} & set(path.parts)
            and any(map(words.search, path.read_text().splitlines()))
        }
        self.assertEqual(found, set(PERCENTAGES))

    def test_no_script_lists_figures_or_kinds(self):
        """They come from the server: what is listed twice is forgotten once."""
        keys = {*self.env["vip.figure"]._all(), *self.env["vip.occurrence"]._all()}
        keys -= {"open", "total", "score"}  # words of other meanings, too
        listed = re.compile(
            r"[\"'](?:%s)[\"']|^\s*(?:%s):" % (("|".join(keys),) * 2), re.M
        )
        for path in (ADDONS / "sla_scoring" / "static" / "src").rglob("*.js"):
            self.assertFalse(listed.search(path.read_text()), path.name)


def class_texts(names):
    """Yield (name, text, path) of what classes of our addons say under some names."""
    for addon in own_addons():
        for path in (ADDONS / addon / "models").rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.ClassDef):
                    continue
                for line in node.body:
                    if isinstance(line, ast.Assign) and target(line) in names:
                        yield target(line), ast.literal_eval(line.value), path


def target(assignment):
    """Return the name that is assigned to, None if it is no plain name."""
    return getattr(assignment.targets[0], "id", None)
