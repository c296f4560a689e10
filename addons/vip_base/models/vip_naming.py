from collections import defaultdict
from itertools import chain
from os.path import commonprefix
from typing import NamedTuple

from odoo import api, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list, unique
from odoo.tools.sql import column_exists

from ..tools.naming import NamesCondition, named_by, named_with_below_by
from ..tools.sql import NAMES, NamesMany2many, read_whole, remembered

#: Rules that a refusal lists; of the rest it says how many there are.
MOST_LISTED = 12


class Named(NamedTuple):
    """How rules name records of one model, and what goes along with these records.

    ``fields`` are (model, field) of rules, ``below`` (model, field) of records that the
    database deletes with them, ``conditions`` {id: [(model, id, field)]} of rules;
    ``trees`` are the same of those rules that name what is below a record with it.
    """

    fields: list
    below: list
    conditions: dict
    trees: dict


class Base(models.AbstractModel):
    """What a rule names stays what it names, see :class:`VipNaming`."""

    _inherit = "base"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_named(self):
        """Refuse to delete what rules name, and say which rules those are.

        :raise UserError: with the rules that the reader may see, or that there are some
        """
        self.env["vip.naming"]._refuse_named(self)

    def copy_data(self, default=None):
        """Refuse a copy of a rule that would name less than the rule itself.

        :raise UserError: the rule names records that the reader may not see
        """
        names = [
            name
            for name, field in self._fields.items()
            if isinstance(field, NamesMany2many) and field.copy
            if name not in (default or {})
        ]
        if names:
            self.env["vip.naming"]._refuse_hidden(self, names)
        return super().copy_data(default=default)


class VipNaming(models.AbstractModel):
    """Which rules name which records.

    By the fields ``NamesMany2one`` and ``NamesMany2many`` (``vip_base/tools/sql.py``) and
    in conditions (``vip_base/tools/naming.py``).
    """

    _name = "vip.naming"
    _description = "What Rules Name"

    # What names what

    @api.model
    @remembered()
    def _index(self):
        """Return {model: Named} of the models in whose deletion rules have a say."""
        index = defaultdict(lambda: Named([], [], defaultdict(list), defaultdict(list)))
        names, conditions, along = self._naming_fields()
        for goal, name, field_name in names:
            index[goal].fields.append((name, field_name))
        for name, field_name in conditions:
            self._add_conditions(name, self.env[name]._fields[field_name], index)
        # What is above something named takes it along, and so on upwards.
        reached, known = set(index), None
        while reached != known:
            known = set(reached)
            reached |= {above for above, below, _field in along if below in known}
        for above, below, field_name in along:
            if below in reached:
                index[above].below.append((below, field_name))
        return dict(index)

    @api.model
    @tools.ormcache()
    def _naming_fields(self):
        """Return the stored fields that name records, that hold conditions, and by which
        records go along: a matter of the program, not of what is written."""
        names, conditions, along = [], [], []
        for name, field in self._stored_fields():
            if isinstance(field, NAMES):
                names.append((field.comodel_name, name, field.name))
            elif isinstance(field, NamesCondition):
                conditions.append((name, field.name))
            elif field.type == "many2one" and field.ondelete == "cascade":
                along.append((field.comodel_name, name, field.name))
        return names, conditions, along

    def _stored_fields(self):
        for name, model in self.env.registry.items():
            if model._auto and not model._abstract and not model._transient:
                for field in model._fields.values():
                    if field.store:
                        yield name, field

    def _add_conditions(self, name, condition, index):
        rules = self.env[name]
        rules.flush_model([condition.name])
        # By SQL: what is named does not depend on who deletes it.
        for rule_id, text in self._rows(rules._table, "id", condition.name):
            subject, rule = self.env[condition.subject], (name, rule_id, condition.name)
            for model, id_ in named_by(text, subject):
                index[model].conditions[id_].append(rule)
            for model, id_ in named_with_below_by(text, subject):
                index[model].trees[id_].append(rule)

    def _rows(self, table, one, other, ids=None):
        """Return the rows of two columns, of ``ids`` in the other one if they are given.

        None if there is no such column: an addon that goes has lost its tables before
        the models that they were of.
        """
        if not column_exists(self.env.cr, table, other):
            return []
        other = SQL.identifier(other)
        return self.env.execute_query(
            SQL(
                "SELECT %s, %s FROM %s WHERE %s ORDER BY 1",
                SQL.identifier(one),
                other,
                SQL.identifier(table),
                SQL("%s IS NOT NULL", other)
                if ids is None
                else SQL("%s = ANY(%s)", other, ids),
            )
        )

    def _named_records(self, rule):
        """Return what a rule names, as a list of single records."""
        found = []
        for name, field in rule._fields.items():
            if isinstance(field, NAMES):
                found += rule[name]
            elif isinstance(field, NamesCondition) and rule[name]:
                pairs = named_by(rule[name], self.env[field.subject])
                found += [rule.env[model].browse(id_).exists() for model, id_ in pairs]
        return list(filter(None, found))

    def _archived(self, rules):
        """Return {rule id: names of the archived records that it names, for people}."""
        with read_whole(rules) as whole:
            named = {rule.id: self._named_records(rule) for rule in whole}
        return {
            id_: [one.display_name for one in records if _is_archived(one)]
            for id_, records in named.items()
        }

    # Refusals

    def _refuse_hidden(self, rules, names):
        """Raise UserError if the reader does not see all that rules name."""
        rules.invalidate_recordset(
            names, flush=False
        )  # what others saw: see read_whole
        seen = {
            rule: {name: rule[name]._filtered_access("read") for name in names}
            for rule in rules
        }
        with read_whole(rules) as whole:
            for rule, full in zip(rules, whole, strict=True):
                if all(
                    set(full[name].ids) <= set(seen[rule][name].ids) for name in names
                ):
                    continue
                raise UserError(
                    self.env._(
                        "“%s” names what you may not see, such as records of another "
                        "company: a copy would name less. Let somebody copy it who "
                        "sees everything.",
                        rule.display_name,
                    )
                )

    def _refuse_named(self, records):
        """Raise UserError if rules name any of what goes with records."""
        index = self._index()
        if records._name not in index:
            return
        going = self._going_along(records, index)
        if naming := self._rules_naming(going, index):
            raise UserError(self._named_text(records, going, naming))

    def _going_along(self, records, index):
        """Return {model: records} of what is deleted with records, themselves included.

        As superuser: the database asks nobody.
        """
        going, new = {}, [records.sudo().with_context(active_test=False)]
        while new:
            found = new.pop()
            known = going.get(found._name, found.browse())
            fresh = found - known
            going[found._name] = known | fresh
            if fresh and found._name in index:
                for name, field_name in index[found._name].below:
                    if not column_exists(
                        self.env.cr, fresh.env[name]._table, field_name
                    ):
                        continue
                    below = fresh.env[name].search([(field_name, "in", fresh.ids)])
                    new.append(below)
        return going

    def _rules_naming(self, going, index):
        """Return {rule: [its fields]} of what names any of what goes, as superuser."""
        naming = defaultdict(list)
        for name, records in going.items():
            if not (named := index.get(name)):
                continue
            above = _above(records)
            for model, field_name in named.fields:
                below = getattr(records.env[model]._fields[field_name], "below", False)
                asked = records | above if below else records
                for rule in self._naming_by(asked, model, field_name):
                    naming[rule].append(field_name)
            conditions = [named.conditions.get(id_, ()) for id_ in records.ids]
            conditions += [named.trees.get(id_, ()) for id_ in above.ids]
            for model, rule_id, field_name in chain.from_iterable(conditions):
                naming[records.env[model].browse(rule_id)].append(field_name)
        return {
            rule: list(unique(field_names))
            for rule, field_names in naming.items()
            if rule.exists() and rule not in going.get(rule._name, ())
        }

    def _naming_by(self, records, model, field_name):
        """Return the rules of a model that name records by a field, as superuser."""
        rules = records.env[model]
        field = rules._fields[field_name]
        rules.flush_model([field_name])
        many = field.type == "many2many"
        # By SQL: the ORM asks for domains of fields and what is archived, keys do not.
        rows = self._rows(
            field.relation if many else rules._table,
            field.column1 if many else "id",
            field.column2 if many else field.name,
            records.ids,
        )
        return rules.browse(unique(row[0] for row in rows))

    def _named_text(self, records, going, naming):
        """Return the refusal; it tells a name to those who may read it, only."""
        env = self.env(su=False)
        seen = [rule for rule in naming if rule.with_env(env).has_access("read")]
        lines = [self._rule_text(rule, naming[rule]) for rule in seen[:MOST_LISTED]]
        if len(seen) > MOST_LISTED:
            lines.append(self.env._("and %s more", len(seen) - MOST_LISTED))
        if not seen:
            lines.append(self.env._("something that you may not see"))
        elif len(seen) < len(naming):
            lines.append(self.env._("and others that you may not see"))
        named = {one for rule in naming for one in self._named_records(rule)}
        shown = [one for goes in going.values() for one in goes if one in named]
        shown = [one for one in shown if one.with_env(env).has_access("read")]
        text = self.env._(
            "%(records)s cannot be deleted while named by:\n%(rules)s",
            # Who deletes a record may see it.
            records=format_list(
                self.env, [f"“{one.display_name}”" for one in shown or records[:1]]
            ),
            rules="\n".join(f"– {line}" for line in lines),
        )
        if records._active_name:
            text += "\n" + self.env._("Archive instead: what is archived stays named.")
        return text

    def _rule_text(self, rule, field_names):
        """Return a rule for people: "Service Policy “Fast” (Service items)"."""
        labels = [
            rule._fields[name]._description_string(self.env) for name in field_names
        ]
        parts = []
        while whole := _whole_of(rule):
            parts.insert(0, rule.display_name)
            rule = whole
        text = self.env._(
            "%(kind)s “%(name)s” (%(fields)s)",
            kind=self.env["ir.model"]._get(rule._name).name,
            name=rule.display_name,
            fields=format_list(self.env, labels),
        )
        return " · ".join([text, *parts])


def _whole_of(rule):
    """Return the rule of which this is a part, such as the plan of a level, or nothing.

    Of several the one that is named most alike: the criterion of a back-test is a part of
    the back-test rather than of its tier.
    """
    above = [
        field
        for field in rule._fields.values()
        if field.type == "many2one" and field.ondelete == "cascade" and field.required
    ]
    if not above:
        return None
    field = max(above, key=lambda f: len(commonprefix([f.comodel_name, rule._name])))
    return rule[field.name]


def _above(records):
    """Return what is above records in their tree, without themselves."""
    above = records.browse()
    parent = records._fields.get(records._parent_name)
    if not parent or parent.comodel_name != records._name:
        # A user's parent is that of the contact.
        return above
    level = records[records._parent_name]
    while level := level - above:
        above |= level
        level = level[records._parent_name]
    return above - records


def _is_archived(record):
    return bool(record._active_name) and not record[record._active_name]
