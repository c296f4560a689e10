"""To whom a name belongs: each has one addon, ours or one of the host."""

import csv
import functools
import re
from collections.abc import Iterator
from pathlib import Path

from .host import Host, reached
from .source import Model, addons_in, comodel, last_name, models, text_of, xml

#: What Odoo names by itself, for models and fields of ours, and for jobs.
GENERATED = re.compile(
    r"(model_|field_|selection_|constraint_|access_).+|.+_ir_actions_server"
)


class Owners:
    """The addons of a folder, what each owns, and what each may name.

    :param arrows: ``{addon: the addons it depends on}``, of ours and of the host
    """

    def __init__(self, folder: Path, arrows: dict[str, set[str]], host: Host):
        self.folder, self.arrows, self.host = folder, arrows, host
        self.addons = addons_in(folder)
        self._beneath: dict[str, frozenset[str]] = {}

    def below(self, addon: str) -> frozenset[str]:
        """Return the addons that ``addon`` may name beside itself."""
        if addon not in self._beneath:
            self._beneath[addon] = reached(addon, self._arrows_of)
        return self._beneath[addon]

    def _arrows_of(self, addon: str) -> set[str]:
        if addon in self.addons:
            return self.arrows.get(addon, set())
        return self.host.depends(addon)

    def is_addon(self, name: str) -> bool:
        return name in self.addons or name in self.host.addons

    @functools.cached_property
    def models(self) -> dict[str, str]:
        """``{model: the addon that defines it}``, of all addons that ours stand on."""
        beneath = set().union(*map(self.below, self.addons))
        return self.host.models(beneath & {*self.host.addons} - {*self.addons}) | {
            name: addons[0] for name, addons in self.defined.items()
        }

    @functools.cached_property
    def defined(self) -> dict[str, list[str]]:
        """``{model of ours: the addons that define it}``: one, or something is wrong."""
        found = {}
        for model in models(self.folder):
            if not model.is_extension:
                found.setdefault(model.name, []).append(model.source.addon)
        return found

    @functools.cached_property
    def tables(self) -> dict[str, str]:
        """``{table: its addon}``, of ours with those of many2many fields.

        Of the host, only names that are no plain words.
        """
        found = {
            name.replace(".", "_"): addon
            for name, addon in self.models.items()
            if name not in self.defined and "." in name
        }
        for model in models(self.folder):
            if not (model.is_extension or model.is_abstract):
                found[model.table] = model.source.addon
        for model in models(self.folder):
            for relation in _relations(model):
                found.setdefault(relation, model.source.addon)
        return found

    @functools.cached_property
    def xmlids(self) -> dict[str, set[str]]:
        """``{addon of ours: the ids that its files give}``, without the addon's name."""
        return {addon: set(_ids(self.folder / addon)) for addon in self.addons}

    def has_xmlid(self, addon: str, name: str) -> bool:
        """Whether a file of this addon of ours gives the id, or Odoo does by itself.

        Of ``model_…`` it is known which models an addon has.
        """
        if name.startswith("model_"):
            return name.removeprefix("model_") in self._modelled[addon]
        return name in self.xmlids[addon] or bool(GENERATED.fullmatch(name))

    @functools.cached_property
    def _modelled(self) -> dict[str, set[str]]:
        found = {addon: set() for addon in self.addons}
        for model in models(self.folder):
            found[model.source.addon].add(model.name.replace(".", "_"))
        return found


def _relations(model: Model) -> Iterator[str]:
    """Yield the tables of a model's many2many fields."""
    for _name, call in model.fields():
        other = comodel(call)
        if other is None or not last_name(call.func).endswith("Many2many"):
            continue
        words = {word.arg: word.value for word in call.keywords}
        given = words.get("relation") or (call.args[1] if len(call.args) > 1 else None)
        if given is not None:
            yield text_of(given) or ""
        elif text_of(other) and not model.is_abstract:
            pair = sorted(
                name.replace(".", "_") for name in (model.name, text_of(other))
            )
            yield "_".join([*pair, "rel"])


def _ids(addon: Path) -> Iterator[str]:
    for path in addon.rglob("*.xml"):
        for element in xml(path).iter():
            if isinstance(element.tag, str):
                name = element.get("t-name") or element.get("id") or ""
                yield name.removeprefix(f"{addon.name}.")
    for path in addon.rglob("*.csv"):
        with path.open(newline="") as rows:
            for row in csv.DictReader(rows):
                yield (row.get("id") or "").removeprefix(f"{addon.name}.")
