"""What vip_service shows of clients and tickets knows of no clock, breach or point.

Whose promises are shown there come by its doors. That no addon names one above it is
tested beside this; here it is what a key, a class or a word on screen could still say.
"""

import re

import pytest

from tools.paths import ADDONS

SERVICE = ADDONS / "vip_service"
FACES = (
    "models/face/*.py",
    "models/res_partner_client_360.py",
    "static/src/client_360/**/*",
    "static/src/key_points/*",
    "static/src/next_action/*",
    "static/src/ticket/*",
    "views/helpdesk_ticket_views.xml",
    "views/res_partner_views.xml",
    "tools/next_action.py",
    "tools/story.py",
)
#: Names of what belongs to addons above.
ABOVE = re.compile(
    r"\b(sla|score)[._]|clock(?!-o\b)|breach|\bdue_at|time_left|overrun|first_response",
    re.IGNORECASE,
)


def files():
    return sorted(
        path for face in FACES for path in SERVICE.glob(face) if path.is_file()
    )


def test_each_face_is_still_there():
    assert all(list(SERVICE.glob(face)) for face in FACES)


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_a_face_names_no_clock(path):
    named = [
        f"{number}: {line.strip()}"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if ABOVE.search(line)
    ]
    assert not named


@pytest.mark.parametrize("word", ["sla_clock_info", "a clock", "breaches", "due_at"])
def test_such_a_name_is_found(word):
    assert ABOVE.search(word)
