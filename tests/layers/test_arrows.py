"""Addons name only what is theirs or below them; engines stand on nothing."""

from pathlib import Path

import pytest

from odoo.tools import config

import odoo.addons

from tools.paths import ADDONS

from . import rules, sample
from .arrows import ARROWS, ENGINE_LIBRARIES, KEYS
from .host import Host
from .members import members_from_above
from .owners import Owners
from .problems import none


@pytest.fixture(scope="module")
def owners():
    folders = map(Path, [*odoo.addons.__path__, *config["addons_path"]])
    return Owners(ADDONS, ARROWS, Host(dict.fromkeys(folders) - {ADDONS: None}.keys()))


def test_addons_name_only_what_is_theirs_or_below_them(owners):
    none(rules.forbidden_names(owners, KEYS))


def test_addons_use_no_field_or_method_of_addons_above_them(owners):
    none(members_from_above(owners))


def test_manifests_depend_on_what_the_arrows_say(owners):
    none(rules.wrong_manifests(owners))


def test_each_model_is_defined_by_one_class(owners):
    none(rules.doubly_defined(owners))


def test_engines_import_the_standard_library_and_each_other_only(owners):
    none(rules.impure_engines(owners, ENGINE_LIBRARIES))


def test_each_declared_key_is_still_there(owners):
    named = {each.name for each in rules.all_names(owners)}
    none(KEYS - named)


# ----------------------------------------------------------------------
# The rules themselves, on made-up addons
# ----------------------------------------------------------------------

PYTHON = {
    "from odoo.addons.upper.tools import x": "addon upper",
    "from odoo.addons import upper": "addon upper",
    "import odoo.addons.upper": "addon upper",
    "from ...upper.tools import x": "addon upper",
    "self.env['high.thing'].search([])": "model high.thing",
    "registry['high.thing']": "model high.thing",
    "env.get('high.thing')": "model high.thing",
    "for name in ('low.note', 'high.thing'): pass": "model high.thing",
    "class A(models.Model):\n    _inherit = 'high.thing'": "model high.thing",
    "class A(models.Model):\n    _inherit = ['high.thing']": "model high.thing",
    "class A(models.Model):\n    _inherits = {'high.thing': 'x'}": "model high.thing",
    "x = fields.Many2one('high.thing')": "model high.thing",
    "x = fields.One2many(comodel_name='high.thing')": "model high.thing",
    "x = LooseMany2one('no.such')": "model no.such belongs to no addon",
    "env['no.such']": "model no.such belongs to no addon",
    "env['desk.ticket']": "model desk.ticket belongs to desk",
    "env.ref('upper.one')": "id upper.one",
    "env.ref(f'upper.{name}')": "addon upper",
    "env.ref('desk.stage')": "id desk.stage belongs to desk",
    "x = fields.Char(groups='base.group_user,upper.group')": "id upper.group",
    "env.ref('lower.gone')": "id lower.gone is in no file of lower",
    "host_term(env, text, 'upper')": "addon upper",
    "patch('odoo.addons.upper.models.thing.now')": "addon upper",
    "open('upper/static/x.txt')": "addon upper",
    "SQL('SELECT id FROM high_thing t')": "table high_thing",
    "SQL('DELETE FROM ' 'high_thing_low_note_rel')": "table high_thing_low_note_rel",
    "SQL(f'SELECT {x} FROM desk_ticket')": "table desk_ticket belongs to desk",
}

XML = {
    '<record id="a" model="high.thing" />': "model high.thing",
    '<record id="upper.one" model="low.note" />': "id upper.one",
    '<field name="x" ref="upper.one" />': "id upper.one",
    '<field name="x" ref="gone" />': "id lower.gone is in no file",
    '<field name="inherit_id" ref="desk.form" />': "id desk.form belongs to desk",
    '<field name="res_model">high.thing</field>': "model high.thing",
    '<field name="x" eval="[(4, ref(\'upper.one\'))]" />': "id upper.one",
    '<field name="x" eval="[(4, ref(\'gone\'))]" />': "id lower.gone is in no file",
    '<field name="x" groups="base.user,!desk.group" />': "id desk.group",
    '<button name="%(upper.one)d" type="action" />': "id upper.one",
    "<field name=\"context\">{'form_view_ref': 'upper.one'}</field>": "id upper.one",
    "<field name=\"code\">env['high.thing']._run()</field>": "model high.thing",
    '<menuitem id="m" parent="upper.menu" />': "id upper.menu",
    '<menuitem id="m" action="desk.action" />': "id desk.action",
    '<template id="t" inherit_id="upper.page" />': "id upper.page",
    '<t t-call="upper.page" />': "id upper.page",
    '<t t-name="lower.T" t-inherit="upper.T" />': "id upper.T",
    '<t t-call-assets="desk.assets" />': "id desk.assets",
    '<img src="/upper/static/x.png" />': "addon upper",
    '<img src="/desk/static/x.png" />': "addon desk",
}

FILES = {
    (
        "lower/security/ir.model.access.csv",
        "id,model_id:id\na,upper.model_high_thing",
    ): ("id upper.model_high_thing"),
    ("lower/security/ir.model.access.csv", "id,model_id:id\na,model_high_thing"): (
        "id lower.model_high_thing is in no file"
    ),
    ("lower/data/res.users.csv", "id,group_id:id\na,desk.group"): "id desk.group",
    ("lower/data/high.thing.csv", "id,name\na,b"): "model high.thing",
    ("lower/static/src/a.js", "import { x } from '@upper/x';"): "addon upper",
    ("lower/static/src/a.js", 'import { x } from "@desk/core/x";'): "addon desk",
    ("lower/static/src/a.js", "orm.call('high.thing', 'x')"): "model high.thing",
    ("lower/static/src/a.js", "const t = `desk.ticket`;"): "model desk.ticket",
    ("lower/i18n/zh_CN.po", '#. module: upper\nmsgid "a"\n'): "addon upper",
    ("lower/i18n_extra/zh_CN.po", '#. module: base, desk\nmsgid "a"\n'): "addon desk",
    ("lower/__manifest__.py", "{'depends': ['base', 'upper']}"): "addon upper",
    ("lower/__manifest__.py", "{'depends': ['desk']}"): "addon desk",
    ("lower/__manifest__.py", "{'assets': {'desk.assets': []}}"): "id desk.assets",
    ("lower/__manifest__.py", "{'data': ['upper/views/a.xml']}"): "addon upper",
}

CASES = [
    *(("lower/models/a.py", text, found) for text, found in PYTHON.items()),
    *(("lower/views/a.xml", f"<odoo>{text}</odoo>", XML[text]) for text in XML),
    *((path, text, found) for (path, text), found in FILES.items()),
]


@pytest.mark.parametrize("path, text, found", CASES)
def test_a_name_from_above_is_found(tmp_path, path, text, found):
    owners = sample.owners(tmp_path, {f"addons/{path}": text})
    problems = rules.forbidden_names(owners)
    assert problems
    for problem in problems:
        place, _line, said = problem.split(":", 2)
        assert place == path
        assert said.strip().startswith(found)


@pytest.mark.parametrize("path, text, found", CASES)
def test_the_same_name_is_free_where_arrows_lead(tmp_path, path, text, found):
    """Whose addon is above may name it; what is not there is named by nobody."""
    owners = sample.owners(
        tmp_path,
        {
            "addons/top/__manifest__.py": "{}",
            f"addons/{path}".replace("lower", "top"): text,
        },
        {**sample.ARROWS, "top": {"upper"}},
    )
    missing = ("is in no file", "belongs to no addon")
    problems = [
        problem
        for problem in rules.forbidden_names(owners)
        if not any(said in problem for said in missing)
    ]
    assert not problems


@pytest.mark.parametrize(
    "text",
    [
        '"""Knows nothing of high.thing, nor of the table high_thing."""',
        "x = 1  # unlike high.thing",
        "env['res.users'], env['low.note'], env.ref('lower.note'), env.ref('base.x')",
        "SQL('SELECT id FROM low_note JOIN res_users u')",
        "upper = 'upper_limit', 'high_thing_count', 'a.high.thing'",
        "from .low_note import x",
    ],
)
def test_what_names_nothing_from_above_is_let_be(tmp_path, text):
    owners = sample.owners(tmp_path, {"addons/lower/models/a.py": text})
    assert not rules.forbidden_names(owners)


def test_a_translation_file_with_terms_of_another_addon_is_told_once(tmp_path):
    terms = '#. module: base\nmsgid "a"\n\n' + '#. module: desk\nmsgid "b"\n\n' * 2
    owners = sample.owners(tmp_path, {"addons/lower/i18n/zh_CN.po": terms})
    assert rules.forbidden_names(owners) == [
        "lower/i18n/zh_CN.po:4: addon desk belongs to desk, which is not below lower"
    ]


def test_a_key_that_is_declared_is_no_id(tmp_path):
    files = {"addons/lower/models/a.py": "get_param('lower.workers')"}
    owners = sample.owners(tmp_path, files)
    assert rules.forbidden_names(owners)
    assert not rules.forbidden_names(owners, {"lower.workers"})


def test_the_line_of_a_name_is_told(tmp_path):
    files = {"addons/lower/models/a.py": "x = 1\n\nenv['high.thing']\n"}
    assert rules.forbidden_names(sample.owners(tmp_path, files)) == [
        "lower/models/a.py:3: model high.thing belongs to upper, which is not below lower"
    ]


@pytest.mark.parametrize(
    "path, text, name",
    [
        ("models/a.py", "def f(user):\n    return user.high_level", "high_level"),
        ("models/a.py", "def f(user):\n    return user._rise()", "_rise"),
        (
            "models/a.py",
            "x = SQL('SELECT\\n u.high_level FROM res_users u')",
            "high_level",
        ),
        ("views/a.xml", '<form>\n<field name="high_level" /></form>', "high_level"),
    ],
)
def test_a_field_or_method_from_above_is_found(tmp_path, path, text, name):
    line = 1 if "SQL" in text else 2
    files = {f"addons/lower/{path}": text}
    assert members_from_above(sample.owners(tmp_path, files)) == [
        f"lower/{path}:{line}: {name} is a field or method of upper, "
        "which is not below lower"
    ]


def test_a_word_that_the_addon_itself_gives_a_meaning_is_no_field_from_above(tmp_path):
    text = "class A:\n    def _rise(self):\n        return self._rise()\n"
    files = {"addons/lower/models/a.py": text}
    assert not members_from_above(sample.owners(tmp_path, files))


@pytest.mark.parametrize(
    "arrows, found",
    [
        ({"lower": {"base"}}, ["upper/__manifest__.py:1: upper has no arrows"]),
        (
            {**sample.ARROWS, "lower": {"base", "desk"}},
            ["lower/__manifest__.py:1: does not depend on desk"],
        ),
        (
            {**sample.ARROWS, "upper": {"desk"}},
            ["upper/__manifest__.py:1: no arrow leads to lower"],
        ),
        (
            {**sample.ARROWS, "gone": {"lower"}},
            ["gone has arrows, but there is no such addon"],
        ),
        (
            {"lower": {"upper"}, "upper": {"lower"}},
            [
                "lower/__manifest__.py:1: the arrows of lower lead back to it",
                "upper/__manifest__.py:1: the arrows of upper lead back to it",
            ],
        ),
    ],
)
def test_manifests_that_differ_from_the_arrows_are_found(tmp_path, arrows, found):
    assert rules.wrong_manifests(sample.owners(tmp_path, {}, arrows)) == found


def test_a_model_that_is_defined_twice_is_found(tmp_path):
    again = {"addons/upper/models/a.py": "class A(Model):\n    _name = 'low.note'"}
    assert rules.doubly_defined(sample.owners(tmp_path, again)) == [
        "low.note is defined by lower, upper"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "import odoo",
        "from odoo.tools import SQL",
        "from ..tools import x",
        "from .. import models",
        "from odoo.addons.lower.models import x",
        "from odoo.addons.upper.engine import x",
        "import numpy",
    ],
)
def test_an_engine_that_imports_more_is_found(tmp_path, text):
    owners = sample.owners(tmp_path, {"addons/lower/engine/a.py": f"\n{text}"})
    (problem,) = rules.impure_engines(owners, {"pytz"})
    assert problem.startswith("lower/engine/a.py:2: imports ")


@pytest.mark.parametrize(
    "text",
    [
        "import bisect",
        "from collections.abc import Iterator",
        "import pytz",
        "from .b import x",
        "from . import b",
        "from odoo.addons.lower.engine.b import x",
    ],
)
def test_an_engine_may_import_the_library_and_engines_below(tmp_path, text):
    owners = sample.owners(tmp_path, {"addons/upper/engine/a.py": text})
    assert not rules.impure_engines(owners, {"pytz"})
