"""No rights of the superuser are taken without a word on why that is safe."""

import pytest

from tools.paths import ADDONS

from .powers import unexplained

FUNCTION = "def f(self):\n{}    return self.sudo({}).name\n"


def test_each_sudo_of_ours_says_why():
    found = {
        str(path.relative_to(ADDONS)): lines
        for path in ADDONS.rglob("*.py")
        if "tests" not in path.parts and (lines := unexplained(path))
    }
    assert not found


@pytest.mark.parametrize(
    ("before", "argument", "found"),
    [
        ("", "", [2]),
        ("", "True", [2]),
        ("", "False", []),
        ("", "self.env.su", []),
        ("    # The name.\n", "", [3]),
        ("    # As superuser: the name.\n", "", []),
        ('    """Return the name, as superuser."""\n', "", []),
    ],
)
def test_a_reason_names_the_superuser(tmp_path, before, argument, found):
    path = tmp_path / "a.py"
    path.write_text(FUNCTION.format(before, argument))
    assert unexplained(path) == found


def test_a_comment_at_the_end_of_the_line_is_a_reason(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("self.sudo()  # only the name\n")
    assert not unexplained(path)
