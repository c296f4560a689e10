"""No method is defined twice on one model in one addon; no folder is too full."""

from pathlib import Path

import pytest

from tools.paths import ADDONS

from . import sample
from .doubles import FULL, doubles, full_folders
from .problems import none

KNOWN = Path(__file__).with_name("known_doubles.txt")

#: Folders of models that are fuller than they may be; the numbers only get smaller.
KNOWN_FULL = {}


def known_doubles():
    lines = KNOWN.read_text().splitlines()
    told = [line.rsplit(" ", 1) for line in lines if not line.startswith("#")]
    return {name: int(count) for name, count in told}


def test_no_method_is_defined_twice_on_one_model_in_one_addon():
    known = known_doubles()
    new = {
        f"{name}: {', '.join(places)}"
        for name, places in doubles(ADDONS).items()
        if len(places) > known.get(name, 1)
    }
    none(new, "Let the first definition do it all, or give the step a name:")


def test_the_list_of_known_doubles_is_true():
    found = {name: len(places) for name, places in doubles(ADDONS).items()}
    mended = {
        f"{name} {count}"
        for name, count in known_doubles().items()
        if found.get(name, 1) < count
    }
    none(mended, f"No longer so; take it out of {KNOWN.name}:")


def test_no_folder_of_models_is_too_full():
    found = full_folders(ADDONS)
    fuller = {
        f"{name}: {count}"
        for name, count in found.items()
        if count > KNOWN_FULL.get(name, FULL)
    }
    none(fuller, f"More than {FULL} files, or than known; make folders by subject:")
    emptier = {
        f"{name}: {found.get(name, 'not too full')}"
        for name, count in KNOWN_FULL.items()
        if found.get(name, 0) < count
    }
    none(emptier, "Emptier than known; write down the smaller number:")


# ----------------------------------------------------------------------
# The rules themselves, on made-up addons
# ----------------------------------------------------------------------

FIRST = "class A(models.Model):\n    _inherit = 'low.note'\n\n    def f(self): pass\n"


@pytest.mark.parametrize(
    "second",
    [
        FIRST,
        FIRST.replace("'low.note'", "['low.note', 'mail.thread']").replace(
            "_inherit", "_name = 'low.note'\n    _inherit"
        ),
        FIRST.replace("def f", "@api.model\n    def f"),
        FIRST.replace("def f", "async def f"),
    ],
)
def test_a_second_definition_is_found(tmp_path, second):
    files = {"addons/lower/models/a.py": FIRST, "addons/lower/wizards/b.py": second}
    (places,) = doubles(sample.write(tmp_path, files)).values()
    assert [place.split(":")[0] for place in places] == [
        "lower/models/a.py",
        "lower/wizards/b.py",
    ]


def test_a_second_definition_in_the_same_class_is_found(tmp_path):
    files = {"addons/lower/models/a.py": FIRST + "    def f(self): pass\n"}
    assert doubles(sample.write(tmp_path, files)) == {
        "lower low.note.f": ["lower/models/a.py:4", "lower/models/a.py:5"]
    }


def test_another_addon_another_model_or_a_mixin_may_define_it_too(tmp_path):
    mixin = FIRST.replace("_inherit = 'low.note'", "_name = 'low.mixin'")
    heir = FIRST.replace("_inherit", "_name = 'low.heir'\n    _inherit")
    files = {
        "addons/lower/models/a.py": FIRST,
        "addons/lower/models/b.py": mixin.replace(
            "models.Model", "models.AbstractModel"
        ),
        "addons/lower/models/c.py": heir.replace("low.note", "low.mixin"),
        "addons/lower/tests/test_a.py": FIRST,
        "addons/upper/models/a.py": FIRST,
    }
    assert not doubles(sample.write(tmp_path, files))


def test_a_folder_is_too_full_by_the_files_in_itself(tmp_path):
    files = {f"addons/lower/models/a{n}.py": "" for n in range(FULL)}
    files |= {f"addons/upper/models/b/c{n}.py": "" for n in range(FULL + 1)}
    files["addons/upper/models/b/__init__.py"] = ""
    found = full_folders(sample.write(tmp_path, files))
    assert found == {"lower/models": FULL + 1, "upper/models/b": FULL + 1}
