"""Colours are said once, can be read, and each one means one thing."""

import re

import pytest

from odoo.addons.vip_service.engine.ladder import SHADES, shade

from tools.paths import ADDONS

from .colours import contrast, hue, lightness

TOKENS = ADDONS / "vip_base/static/src/tokens/tokens.variables.scss"
NAMED = re.compile(r'"([\w-]+)": (#[0-9a-f]{6}),')
SHADE = re.compile(r"(\d+): \(\s*(#[0-9a-f]{6}),\s*(#[0-9a-f]{6}),?\s*\),")
#: A colour in a style, script or view: hexadecimal, or by a function of numbers.
LITERAL = re.compile(
    r"""(?<![\w&/"'=-])\#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\b(?![\w-])
      | ["']\#(?:[0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})["']
      | \b(?:rgba?|hsla?|lab|lch|oklch)\(""",
    re.I | re.X,
)
WHITE, PAGE = "#ffffff", "#f8f9fa"
#: Text and what it stands on: at least 4.5.
TEXTS = [
    *[(name, "card") for name in ("ink", "muted", "link", "late", "soon", "done")],
    *[(name, "page") for name in ("ink", "muted", "link", "late", "soon", "done")],
    *[("muted", "sub"), ("ink", "act"), ("muted", "act"), ("link", "act")],
    *[("brand-fg", "brand"), ("move-fg", "move-bg"), ("still-fg", "still-bg")],
    *[("late", "late-t"), ("soon", "soon-t"), ("done", "done-t"), ("ink", "soon-t")],
    *[("muted", "soon-t"), ("link", "soon-t"), ("soon-ff", "soon-f")],
    *[("t1-fg", "t1-bg"), ("t2-fg", "t2-bg"), ("t3-fg", "t3-bg")],
    *[(f"wall-{name}", "wall") for name in ("late", "soon", "done", "muted")],
    *[(f"wall-{name}", "wall-card") for name in ("late", "soon", "done", "muted")],
]
#: Marks that carry a meaning alone: at least 3.
MARKS = [
    *[("bar", "track"), ("late", "track"), ("soon-s", "track"), ("done-s", "track")],
    *[("brand", "card"), ("soon-s", "card"), ("late", "card"), ("still-s", "track")],
    *[("field-ln", "card")],
]


@pytest.fixture(scope="module")
def tokens():
    return dict(NAMED.findall(TOKENS.read_text()))


@pytest.fixture(scope="module")
def shades():
    return {
        int(number): (ground, text)
        for number, ground, text in SHADE.findall(TOKENS.read_text())
    }


@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_can_be_read(tokens, text, ground):
    assert contrast(tokens[text], tokens[ground]) >= 4.5


@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_marks_can_be_seen(tokens, mark, ground):
    assert round(contrast(tokens[mark], tokens[ground]), 1) >= 3


def test_the_text_of_each_tier_can_be_read(shades):
    assert not {n: pair for n, pair in shades.items() if contrast(*pair) < 4.5}


def test_tiers_are_one_blue_of_the_lightness_that_they_are_called_by(shades):
    assert tuple(shades) == SHADES
    for number, (ground, _text) in shades.items():
        assert lightness(ground) == pytest.approx(number, abs=0.6)
        assert hue(ground) == pytest.approx(213, abs=2)


@pytest.mark.parametrize("count", range(3, 9))
def test_a_ladder_darkens_in_equal_steps(shades, count):
    ramp = [shade(place, count) for place in range(count)]
    assert ramp[0] == 0 and ramp[1] == 80 and ramp[-1] == 32
    exact = [80 - 48 * step / (count - 2) for step in range(count - 1)]
    assert ramp[1:] == pytest.approx(exact, abs=0.6)


def test_the_lowest_tier_is_neutral_and_late_the_only_red(tokens, shades):
    assert reds(tokens) == {"late", "late-t", "late-ln", "wall-late"}
    assert max(parts(tokens["t1-bg"])) - min(parts(tokens["t1-bg"])) <= 6


def parts(colour):
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def reds(tokens):
    """Return the names of colours of a red hue, but for greys."""
    return {
        name
        for name, colour in tokens.items()
        if max(parts(colour)) - min(parts(colour)) > 12
        and (hue(colour) <= 15 or hue(colour) >= 345)
    }


def test_nobody_else_writes_a_colour():
    files = [
        path
        for kind in ("scss", "css", "js", "xml")
        for path in ADDONS.rglob(f"*.{kind}")
        if path != TOKENS
        and "/tests/" not in str(path)
        and "/description/" not in str(path)
    ]
    assert len(files) > 100
    found = {
        f"{path.relative_to(ADDONS)}: {match.group()}"
        for path in files
        for match in LITERAL.finditer(path.read_text())
    }
    assert not found


@pytest.mark.parametrize(
    "text",
    ["color: #fff;", 'const red = "#b3261e";', "background: rgba(0, 0, 0, 0.5)"],
)
def test_a_colour_is_found(text):
    assert LITERAL.search(text)


@pytest.mark.parametrize(
    "text", ['href="#"', "&#160;", "#{$token}", "t-foreach", "#header"]
)
def test_what_is_no_colour_is_let_be(text):
    assert not LITERAL.search(text)
