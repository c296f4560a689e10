"""What the files of an addon name that are not Python: XML, lists, JavaScript."""

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

from .names import ADDON, MODEL, Named, Names, Reader, xmlid
from .source import xml

#: Attributes that hold one id, or several with commas between.
WITH_IDS = {"groups", "ref", "inherit_id", "parent", "action", "t-call", "t-groups"}
WITH_IDS |= {"t-call-assets", "t-inherit"}
#: Fields of records that hold the name of a model.
WITH_MODEL = {"model", "model_name", "res_model", "src_model"}
MODELLED = {"record", "function", "delete"}
FORMATTED = re.compile(r"%\(([\w.]+)\)[ds]")
REFERRED = re.compile(r"""\b(?:ref|obj)\(\s*['"]([\w.]+)['"]""")
LISTED = re.compile(r"^#\. modules?: (.+)$", re.MULTILINE)

COMMENT_OR_STRING = re.compile(
    r"""//[^\n]*|/\*.*?\*/|("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)""",
    re.DOTALL,
)
SCRIPT = re.compile(r"@(\w+)/")
#: What scripts import that is of no addon.
NO_ADDON = {"odoo"}

Found = Iterator[tuple[int, str, str]]


def named_in_files(addon: str, folder: Path, reader: Reader) -> Iterator[Named]:
    """Yield all names in the addon's files but the Python ones."""
    kinds = {
        ".xml": _in_xml,
        ".csv": _in_csv,
        ".js": _in_script,
        ".scss": _in_script,
        ".po": _in_translation,
        ".pot": _in_translation,
    }
    for path in sorted(folder.rglob("*")):
        if path.suffix in kinds and path.is_file():
            for line, kind, name in kinds[path.suffix](addon, path, reader):
                yield Named(addon, path, line, kind, name)
    for name in depends(folder):
        yield Named(addon, folder / "__manifest__.py", 1, ADDON, name)


def depends(folder: Path) -> set[str]:
    """Return what the manifest of the addon in a folder says it depends on."""
    manifest = ast.literal_eval((folder / "__manifest__.py").read_text())
    return set(manifest.get("depends", []))


def _in_xml(addon: str, path: Path, reader: Reader) -> Found:
    for element in xml(path).iter():
        if not isinstance(element.tag, str):
            continue
        for kind, name in _in_element(addon, element, reader):
            yield element.sourceline, kind, name


def _in_element(addon: str, element, reader: Reader) -> Names:
    texts = [element.text, *(child.tail for child in element)]
    for text in filter(None, [*texts, *element.attrib.values()]):
        yield from reader.in_code(text)
        for name in [*FORMATTED.findall(text), *REFERRED.findall(text)]:
            yield xmlid(addon, name)
    for attribute, value in element.attrib.items():
        if attribute in WITH_IDS and _is_static(attribute, value, element):
            for name in re.split(r"\s*,\s*", value.strip()):
                yield xmlid(addon, name.lstrip("!-"))
    if element.tag in MODELLED and element.get("model"):
        yield MODEL, element.get("model")
    if element.tag == "field" and element.get("name") in WITH_MODEL and element.text:
        yield MODEL, element.text.strip()


def _is_static(attribute: str, value: str, element) -> bool:
    """Whether it is an id: not computed, no other thing's parent, no view's own."""
    if "{{" in value or "#{" in value or not value:
        return False
    if attribute in ("parent", "action") and element.tag != "menuitem":
        return False
    return attribute != "t-call" or "." in value


def _in_csv(addon: str, path: Path, reader: Reader) -> Found:
    if path.parent.name in ("data", "security", "demo"):
        yield 1, MODEL, path.stem
    with path.open(newline="") as lines:
        rows = csv.DictReader(lines)
        for row in rows:
            for column, value in row.items():
                if value and re.search("[:/]id$", column or ""):
                    for name in value.split(","):
                        kind, name = xmlid(addon, name.strip())
                        yield rows.line_num, kind, name


def _in_script(addon: str, path: Path, reader: Reader) -> Found:
    text = path.read_text()
    for match in COMMENT_OR_STRING.finditer(text):
        if not match[1]:
            continue
        line = text.count("\n", 0, match.start()) + 1
        inner = match[1][1:-1]
        script = SCRIPT.match(inner)
        if script and script[1] not in NO_ADDON:
            yield line, ADDON, script[1]
        elif not script:
            for kind, name in reader.in_text(inner, is_open="${" in inner):
                yield line, kind, name


def _in_translation(addon: str, path: Path, reader: Reader) -> Found:
    """Yield the addons whose terms are in a file, each where it is first."""
    text, seen = path.read_text(), set()
    for match in LISTED.finditer(text):
        for name in {*re.split(r"[,\s]+", match[1].strip())} - seen:
            seen.add(name)
            yield text.count("\n", 0, match.start()) + 1, ADDON, name
