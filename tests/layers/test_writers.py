"""Each state has one writer: what writes is declared, function by function."""

import pytest

from tools.paths import ADDONS

from . import sample
from .problems import none
from .writers import ROWS, SHARED_STATES, WRITERS
from .writes import shared_states, writers


@pytest.fixture(scope="module")
def found():
    return writers(ADDONS, ROWS)


def lines(table):
    return {
        f"{name}: {site}: {verbs}"
        for name, sites in table.items()
        for site, verbs in sites.items()
    }


def test_nothing_writes_but_what_is_declared(found):
    new = lines(found) - lines(WRITERS)
    none(new, "Let a function do it that writes already, or add to writers.py:")


def test_what_is_declared_still_writes(found):
    gone = lines(WRITERS) - lines(found)
    none(gone, "No longer so; take it out of writers.py:")


def test_a_state_is_written_by_one_function(found):
    shared = shared_states(found)
    new = {
        f"{name}: {', '.join(sites)}"
        for name, sites in shared.items()
        if name not in SHARED_STATES
    }
    none(new, "Let one of them do it:")
    none(SHARED_STATES - shared.keys(), "One writer now; take it out of writers.py:")


# ----------------------------------------------------------------------
# The rules themselves, on made-up addons
# ----------------------------------------------------------------------

FILE = "upper/models/a.py"
MODEL = """
from odoo.tools import SQL

OLD = "old"


class HighThing(models.Model):
    _inherit = "high.thing"

"""


def in_method(body, name="f(self, vals=None)"):
    return f"{MODEL}    def {name}:\n        {body}\n"


def found_in(tmp_path, text, rows=(), more=None):
    files = {f"addons/{FILE}": text, **(more or {})}
    return writers(sample.write(tmp_path, files), rows)


@pytest.mark.parametrize(
    "statement, table, verbs",
    [
        ("'INSERT INTO high_thing (a) VALUES (1)'", "high_thing", "insert"),
        ("'WITH a AS (SELECT 1) DELETE FROM high_thing h'", "high_thing", "delete"),
        ("'UPDATE high_thing h SET note = 1'", "high_thing", "update"),
        ("'UPDATE high_thing\\n   SET a = 1, state = NULL'", "high_thing", "=? update"),
        ("\"UPDATE high_thing SET state = 'old'\"", "high_thing", "=old update"),
        ("'UPDATE high_thing SET state = %s, a = 1', OLD", "high_thing", "=old update"),
        ("'UPDATE high_thing SET state = %(s)s', s='x'", "high_thing", "=x update"),
        ("'UPDATE high_thing SET (%s) = ROW(1)', x", "high_thing", "=? update"),
        ("'update high_thing set a = 1 where state = 2'", "high_thing", "update"),
        ("'INSERT INTO a SELECT 1 ON CONFLICT DO UPDATE SET b = 1'", "a", "insert"),
        ("f'COPY high_thing ({names}) FROM STDIN'", "high_thing", "copy"),
        ("'TRUNCATE high_thing'", "high_thing", "truncate"),
        ("'MERGE INTO high_thing h USING x'", "high_thing", "merge"),
        ("'DELETE FROM %s', SQL.identifier('low_note')", "low_note", "delete"),
        ("'DELETE FROM %s', SQL.identifier(self._table)", "high_thing", "delete"),
        ("'DELETE FROM %(t)s', t=SQL.identifier('low_note')", "low_note", "delete"),
        ("'SELECT %s; DELETE FROM %s', 1, SQL.identifier('a')", "a", "delete"),
        ("'SELECT %s; DELETE FROM %s', *(1, SQL.identifier('a'))", "a", "delete"),
        ("'DELETE FROM %s', unknown()", "?", "delete"),
    ],
)
def test_statements_are_found(tmp_path, statement, table, verbs):
    text = in_method(f"self.env.cr.execute(SQL({statement}))")
    assert found_in(tmp_path, text) == {table: {f"{FILE}::f": verbs}}


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 FROM high_thing FOR UPDATE OF high_thing SKIP LOCKED",
        "SELECT 1 FROM high_thing FOR NO KEY UPDATE",
        "CREATE TRIGGER t BEFORE UPDATE OR DELETE ON high_thing",
        "CREATE TRIGGER t BEFORE TRUNCATE ON high_thing",
        "COPY high_thing TO STDOUT",
    ],
)
def test_statements_that_write_nothing_are_let_be(tmp_path, statement):
    assert not found_in(tmp_path, in_method(f"self.env.cr.execute('{statement}')"))


def test_a_statement_in_a_constant_or_a_trigger_is_found_there(tmp_path):
    trigger = '''
GONE = """
CREATE FUNCTION gone() RETURNS trigger AS $$ BEGIN
    DELETE FROM high_thing WHERE id = OLD.id;
END $$ LANGUAGE plpgsql
"""
FORGET = "DELETE FROM %(table)s"


def forget(cr):
    cr.execute(SQL(FORGET, table=SQL.identifier("low_note")))
'''
    assert found_in(tmp_path, trigger) == {
        "high_thing": {f"{FILE}::GONE": "delete"},
        "low_note": {f"{FILE}::FORGET": "delete"},
    }


def test_a_statement_of_a_mixin_writes_the_tables_of_its_heirs(tmp_path):
    mixin = in_method("SQL('DELETE FROM %s', SQL.identifier(self._table))").replace(
        "_inherit = 'high.thing'", ""
    )
    mixin = mixin.replace("models.Model", "models.AbstractModel")
    mixin = mixin.replace('_inherit = "high.thing"', '_name = "high.mixin"')
    heir = (
        "class A(models.Model):\n    _name = 'high.heir'\n    _inherit = 'high.mixin'"
    )
    more = {"addons/upper/models/b.py": heir}
    assert found_in(tmp_path, mixin, more=more) == {
        "high_heir": {f"{FILE}::f": "delete"}
    }


@pytest.mark.parametrize(
    "body, verbs",
    [
        ("self.state = 'old'", "=old"),
        ("self.write({'state': OLD})", "=old"),
        ("self.sudo().write({'state': 'old' if self.id else 'new'})", "=new =old"),
        ("self.env['high.thing'].create({'state': 'old'})", "=old"),
        ("self.create([{'state': 'old'} for _ in self])", "=old"),
        ("self.browse(1).filtered('id').update({'state': 'old'})", "=old"),
        ("self.write(dict(vals, state='old'))", "=old"),
        ("self.write({**vals, 'state': 'old'})", "=old"),
        ("self.write({'state': 'new', 'a': 1} | {'state': 'old'})", "=new =old"),
        ("new = {}; new['state'] = 'old'; self.write(new)", "=old"),
        ("new = {}; new.update(state='old'); self.write(new)", "=old"),
        ("new = [{}]; new.append({'state': 'old'}); self.create(new)", "=old"),
        ("for each in self: each.state = 'old'", "=old"),
        ("for k, each in self.grouped('id').items(): each.state = 'old'", "=old"),
        ("things = self.env['high.thing'] | self; things.state = self.id", "=?"),
        ("[things[0].write({'state': 'old'}) for things in [self]]", None),
    ],
)
def test_states_that_the_orm_writes_are_found(tmp_path, body, verbs):
    if verbs:
        expected = {"high_thing": {f"{FILE}::f": verbs}}
    else:
        expected = {"?": {f"{FILE}::f": "=old"}}
    assert found_in(tmp_path, in_method(body)) == expected


@pytest.mark.parametrize(
    "body",
    [
        "return {'state': 'old'}",
        "self.write({'note': 'state'})",
        "new = {}; new.update(state='old'); return new",
        "self.env['mail.mail'].create({'state': 'outgoing'})",
        "self.search([('state', '=', 'old')])",
    ],
)
def test_states_that_are_only_said_are_let_be(tmp_path, body):
    assert not found_in(tmp_path, in_method(body))


def test_an_object_that_is_no_record_has_states_of_its_own(tmp_path):
    text = "class Follower:\n    def f(self):\n        self.state = 'old'\n"
    assert not found_in(tmp_path, text)
    more = {"addons/upper/engine/b.py": "def f(clock):\n    clock.state = 'old'\n"}
    assert not found_in(tmp_path / "engine", text, more=more)


def test_a_mixin_writes_to_each_heir_the_states_that_it_has(tmp_path):
    mixin = (
        "class Mixin(models.AbstractModel):\n"
        "    _name = 'high.mixin'\n\n"
        "    def decide(self, state):\n"
        "        self.write({'state': state})\n"
    )
    heir = (
        "{upper}, NEW = '{lower}', 'new'\n\n\n"
        "class Heir(models.Model):\n"
        "    _name = 'high.{lower}'\n"
        "    _inherit = 'high.mixin'\n\n"
        "    state = fields.Selection([({upper}, 'One'), ('fresh', 'Two')])\n\n"
        "    def go(self):\n"
        "        self.decide({upper})\n"
    )
    more = {
        f"addons/upper/models/{name}.py": heir.format(lower=name, upper=name.upper())
        for name in ("old", "done")
    }
    assert found_in(tmp_path, mixin, more=more) == {
        "high_old": {f"{FILE}::decide": "=old"},
        "high_done": {f"{FILE}::decide": "=done"},
    }


def test_a_state_is_found_through_fields_and_methods(tmp_path):
    text = in_method("self._set({'state': 'old'})") + (
        "    def _set(self, values):\n"
        "        self.write({**values, 'note': 1})\n"
        "    def _none(self):\n"
        "        return {'state': 'new', 'note': 0}\n"
        "    def reset(self):\n"
        "        self.write(self._none())\n"
        "    def decide(self, state):\n"
        "        self.write({'state': state})\n"
        "    def approve(self):\n"
        "        self.decide('approved')\n"
    )
    user = (
        "class ResUsers(models.Model):\n"
        "    _inherit = 'res.users'\n\n"
        "    thing_ids = fields.One2many('high.thing', 'user_id')\n\n"
        "    def end(self):\n"
        "        self.thing_ids.write({'state': 'old'})\n"
    )
    found = found_in(tmp_path, text, more={"addons/upper/models/b.py": user})
    assert found == {
        "high_thing": {
            f"{FILE}::decide": "=approved",
            f"{FILE}::f": "=old",
            f"{FILE}::reset": "=new",
            "upper/models/b.py::end": "=old",
        }
    }


def test_where_every_row_is_a_state_all_that_the_orm_does_counts(tmp_path):
    text = in_method("self.env['low.note'].create({}); self.note_ids.unlink()")
    assert not found_in(tmp_path, text)
    other = in_method("self.env['low.note'].create({}); self.note_ids.unlink()")
    found = found_in(tmp_path / "other", other, rows=["low.note"])
    assert found == {"low_note": {f"{FILE}::f": "create unlink"}}


def test_two_functions_that_write_one_state_are_found():
    table = {
        "a": {"x::f": "=old update", "x::g": "=new =old", "y::h": "=?", "y::i": "=?"},
        "b": {"x::f": "=old"},
    }
    assert shared_states(table) == {"a =old": ["x::f", "x::g"]}
