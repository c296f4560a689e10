"""The colours of ``static/src/tokens``, for mails: those know no style sheet."""

import re
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent.parent / "static/src/tokens/tokens.variables.scss"
_NAMED = re.compile(r'"([\w-]+)": (#[0-9a-f]{6}),')
_SHADE = re.compile(r"(\d+): \(\s*(#[0-9a-f]{6}),\s*(#[0-9a-f]{6}),?\s*\),")


@cache
def _said():
    text = _FILE.read_text()
    shades = {int(step): (ground, ink) for step, ground, ink in _SHADE.findall(text)}
    return dict(_NAMED.findall(text)), shades


def token(name):
    """Return the colour of a name.

    >>> token("late") == token("late"), token("late").startswith("#")
    (True, True)
    """
    return _said()[0][name]


def shade_colours(shade):
    """Return ground and text of a tier's badge; 0 is the lowest tier.

    >>> len(shade_colours(0)), len(shade_colours(80))
    (2, 2)
    """
    neutral = token("t1-bg"), token("t1-fg")
    return _said()[1].get(shade, neutral)
