"""README.rst of each addon, made from its manifest and the fragments in ``readme/``.

Run by ``./vip lint``: ``python -m tools.readme`` writes the files, with ``--check`` it only
says which differ. The headings are those of OCA addons.
"""

import ast
import sys
from pathlib import Path

import pypandoc

from .paths import ADDONS

#: Fragment and heading, in their order; the first stands below the title.
PARTS = {
    "DESCRIPTION": None,
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "HISTORY": "Changelog",
}
#: What an addon has from its first release on.
LATER = {"HISTORY"}


def readme(addon: Path) -> str:
    """Return what the README.rst of the addon in this folder should be.

    Raises FileNotFoundError when a fragment is missing.
    """
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text())
    name = manifest["name"]
    lines = [
        ".. This file is made from the fragments in readme/ by ./vip lint --fix.",
        "",
        *_heading(name, "=", above=True),
        f"*{manifest['summary']}.* Licence: {manifest['license']}.",
        "",
    ]
    for part, title in PARTS.items():
        path = addon / "readme" / f"{part}.md"
        if part in LATER and not path.exists():
            continue
        if title:
            lines += _heading(title, "=")
        lines += [_rst(path.read_text()), ""]
    lines += [
        *_heading("Credits", "="),
        *_heading("Authors", "-"),
        f"- {manifest['author']}",
        "",
        *_heading("Contributors", "-"),
        _rst((addon / "readme" / "CONTRIBUTORS.md").read_text()),
    ]
    return "\n".join(lines) + "\n"


def _heading(text: str, line: str, above: bool = False) -> list[str]:
    under = line * len(text)
    return [*([under] if above else []), text, under, ""]


def _rst(markdown: str) -> str:
    text = pypandoc.convert_text(
        markdown,
        "rst",
        format="gfm",
        extra_args=["--columns=88", "--shift-heading-level-by=1"],
    )
    return text.strip().replace("\r\n", "\n")


def main(check: bool) -> int:
    """Write the files, or with ``check`` tell which differ; return the exit code."""
    differing = []
    for manifest in sorted(ADDONS.glob("*/__manifest__.py")):
        path = manifest.parent / "README.rst"
        text = readme(manifest.parent)
        if not path.exists() or path.read_text() != text:
            differing.append(path)
            if not check:
                path.write_text(text)
    for path in differing if check else ():
        print(f"{path} is not what its fragments give: run ./vip lint --fix")
    return int(check and bool(differing))


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
