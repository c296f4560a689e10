"""The pages are true where a machine can tell."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from tools.paths import ADDONS, ROOT, glue_addons, own_addons

DOCS = ROOT / "docs"
PAGES = [
    *ROOT.glob("*.md"),
    *DOCS.glob("*.md"),
    *(ROOT / "docker").glob("*.md"),
    *(ROOT / "tests/data").glob("*.md"),
    *ADDONS.glob("*/docs.md"),
]
#: Pages that name functions and files of the addons.
STRUCTURE = [DOCS / "architecture.md", *ADDONS.glob("*/docs.md")]
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")
IDS = {"T": 7, "S": 11, "P": 6, "C": 8, "V": 8, "A": 2, "K": 6, "N": 1, "R": 5}


@pytest.fixture(scope="module")
def sources():
    return "\n".join(
        path.read_text()
        for path in ADDONS.rglob("*.py")
        if "tests" not in path.relative_to(ADDONS).parts
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    broken = [
        target
        for target in LINK.findall(page.read_text())
        if not (page.parent / target).exists()
    ]
    assert not broken


def test_each_requirement_has_one_row_and_a_status():
    rows = re.findall(
        r"^\| ([A-Z]\d+) \|.*\| ([^|]+) \|$",
        (DOCS / "requirements.md").read_text(),
        re.MULTILINE,
    )
    wanted = [
        f"{letter}{n}" for letter, last in IDS.items() for n in range(1, last + 1)
    ]
    assert sorted(name for name, _status in rows) == sorted(wanted)
    for name, status in rows:
        assert re.match(r"(done|part: .+|later)", status), f"{name}: {status}"


def test_words_of_the_glossary_are_models(sources):
    table = (DOCS / "glossary.md").read_text().split("\n## ")[0]
    models = set(re.findall(r"`((?:vip|sla|score|resource)\.[a-z.]+)`", table))
    assert models
    known = set(re.findall(r'_name = "([a-z.]+)"', sources))
    assert models <= known


def test_functions_and_files_that_the_pages_name_exist(sources):
    text = "\n".join(page.read_text() for page in STRUCTURE)
    functions = set(
        re.findall(r"`(?:[a-z_]+\.)*(_\w+|client_\w+)(?:\([^`]*\))?`", text)
    )
    functions = {name for name in functions if "<" not in name}
    assert functions
    missing = [name for name in functions if f"def {name}(" not in sources]
    assert not missing
    files = re.findall(
        r"`((?:vip_\w+|resource_\w+|sla_\w+)/[\w/.]+|tests/\w+|tools/\w+)", text
    )
    assert files
    for name in files:
        folder = ROOT if name.startswith(("tests", "tools")) else ADDONS
        assert (folder / name).exists(), name


def test_files_named_without_a_folder_exist():
    names = {path.name for path in ADDONS.rglob("*.*")}
    text = "\n".join(page.read_text() for page in STRUCTURE)
    named = set(re.findall(r"`(\w+\.(?:py|xml|js))`", text))
    assert named
    assert named <= names


def test_operations_lists_the_scheduled_jobs():
    shipped = {
        record.findtext("field[@name='name']")
        for path in ADDONS.glob("*/data/*.xml")
        for record in ElementTree.parse(path).iter("record")
        if record.get("model") == "ir.cron"
    }
    text = (DOCS / "operations.md").read_text()
    table = text.split("## Scheduled jobs")[1].split("\n## ")[0]
    listed = set(re.findall(r"^\| ([^|]+) \| each ", table, re.MULTILINE))
    assert listed == shipped


def test_readmes_of_the_addons_are_complete():
    for manifest in ADDONS.glob("*/__manifest__.py"):
        for fragment in ("DESCRIPTION", "CONFIGURE", "USAGE", "CONTRIBUTORS"):
            assert (manifest.parent / "readme" / f"{fragment}.md").stat().st_size, (
                f"{manifest.parent.name}: {fragment}"
            )
        assert "whool" in (manifest.parent / "pyproject.toml").read_text()


@pytest.mark.parametrize("page", ["README.md", "docs/README.zh_CN.md"])
def test_the_line_for_pip_names_every_addon(page):
    text = (ROOT / page).read_text()
    [line] = re.findall(r"^pip install (?:.*\\\n)*.*", text, re.MULTILINE)
    assert set(re.findall(r"\./addons/(\w+)", line)) == set(own_addons())
    for addon in glue_addons():
        assert f"./addons/{addon}" in text, "to be added beside what it needs"


def test_every_addon_is_one_that_pip_builds():
    for manifest in ADDONS.glob("*/__manifest__.py"):
        assert 'requires = ["whool"]' in (
            manifest.with_name("pyproject.toml").read_text()
        )
