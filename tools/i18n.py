"""Translation files, regenerated from an installed database by Odoo's own exporter.

``python -m tools.i18n DB [ADDON]…`` writes them, of all addons that every installation
has unless some are named; ``tests/test_i18n.py`` and ``tests/glue`` check for drift.
"""

import io
import sys
from pathlib import Path

import polib

from odoo.tools.translate import trans_export

from .console import say
from .environment import superuser
from .paths import ADDONS, own_addons

LANGUAGE = "zh_CN"
# No dates and no names: the same terms always give the same file.
METADATA = {
    "Project-Id-Version": "Odoo Server 19.0",
    "Report-Msgid-Bugs-To": "",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "",
}


def template(env, addon: str) -> polib.POFile:
    """The addon's terms as they are now."""
    exported = io.BytesIO()
    trans_export(None, [addon], exported, "po", env)
    catalogue = polib.pofile(exported.getvalue().decode())
    return _with_header(catalogue, addon)


def translation(terms: polib.POFile, addon: str) -> polib.POFile:
    """The addon's Chinese for ``terms``: kept where known, obsolete ones dropped."""
    path = _po(addon)
    known = polib.pofile(str(path)) if path.exists() else []
    chinese = {entry.msgid: entry.msgstr for entry in known if not entry.obsolete}
    merged = _with_header(polib.POFile(), addon, LANGUAGE)
    for term in terms:
        entry = polib.POEntry(
            msgid=term.msgid,
            msgstr=chinese.get(term.msgid, ""),
            comment=term.comment,
            occurrences=term.occurrences,
        )
        entry.flags = [flag for flag in term.flags if flag != "fuzzy"]
        merged.append(entry)
    return merged


def files(env, addon: str) -> dict[Path, str]:
    """What the addon's translation files should hold, ``{path: text}``."""
    terms = template(env, addon)
    return {
        ADDONS / addon / "i18n" / f"{addon}.pot": _text(terms),
        _po(addon): _text(translation(terms, addon)),
    }


def untranslated(addon: str) -> list[str]:
    """Terms of the addon's Chinese file that have no Chinese."""
    if not _po(addon).exists():
        return [f"{_po(addon)} is missing"]
    return [entry.msgid for entry in polib.pofile(str(_po(addon))) if not entry.msgstr]


def _po(addon: str) -> Path:
    return ADDONS / addon / "i18n" / f"{LANGUAGE}.po"


def _text(catalogue: polib.POFile) -> str:
    return f"{catalogue}".rstrip("\n") + "\n"


def _with_header(catalogue: polib.POFile, addon: str, language: str = ""):
    catalogue.header = (
        f"Translation of Odoo Server.\nThis file contains the translation of the "
        f"following modules:\n\t* {addon}\n"
    )
    catalogue.metadata = {**METADATA, "Language": language}
    catalogue.metadata_is_fuzzy = 0
    catalogue.wrapwidth = 78
    return catalogue


def main(database: str, *addons: str):
    with superuser(database) as env:
        for addon in addons or own_addons():
            for path, text in files(env, addon).items():
                path.parent.mkdir(exist_ok=True)
                path.write_text(text)
            missing = untranslated(addon)
            say(f"{addon}: {len(missing)} untranslated")
            for term in missing:
                say(f"  {term!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])
