"""wkhtmltopdf and fonts for letters: those of the machine, or unpacked beside Odoo.

Without root: a small program in front of the real one says where its libraries, its
fonts and its plug-ins are.
"""

import hashlib
import shutil
import stat
from pathlib import Path

from . import apt
from .cache import build

PROGRAM = "wkhtmltopdf"
#: The last release of Debian that has it; letters are in Chinese, too.
SUITE = "bookworm"
PACKAGES = [PROGRAM, "fonts-noto-cjk"]
#: What every machine has in a version that goes with its kernel and loader.
OF_THE_MACHINE = ("libc6", "libc-bin", "libgcc-s1", "libstdc++6", "gcc-12-base")
FRONT = """#!/bin/sh
here=$(dirname "$(dirname "$(readlink -f "$0")")")
export LD_LIBRARY_PATH="{libraries}"
export FONTCONFIG_FILE="$here/fonts.conf"
export QT_PLUGIN_PATH="{plugins}" QT_QPA_PLATFORM=offscreen
exec "$here/usr/bin/{program}" "$@"
"""
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def programs() -> Path | None:
    """Return the folder of our own ``wkhtmltopdf``.

    None where the machine has one, or no package manager that could bring it: letters
    then say that none can be made.
    """
    if shutil.which(PROGRAM) or not shutil.which("apt-get"):
        return None
    recipe = f"{SUITE}{PACKAGES}{OF_THE_MACHINE}{FRONT}{FONTS}"
    key = hashlib.sha256(recipe.encode()).hexdigest()[:10]
    return build(f"printing-{key}", _make) / "bin"


def _make(folder: Path):
    title = "wkhtmltopdf and fonts"
    apt.fetch_whole(PACKAGES, SUITE, title, folder, without=OF_THE_MACHINE)
    libraries = {path.parent for path in folder.glob("usr/lib/**/*.so*")}
    libraries |= {path.parent for path in folder.glob("lib/**/*.so*")}
    plain = sorted(path for path in libraries if "plugins" not in path.parts)
    plugins = next(folder.glob("usr/lib/*/qt5/plugins"))
    front = folder / "bin" / PROGRAM
    front.parent.mkdir(exist_ok=True)
    front.write_text(
        FRONT.format(
            libraries=":".join(map(str, plain)), plugins=plugins, program=PROGRAM
        )
    )
    front.chmod(front.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    fonts = folder / "usr/share/fonts"
    cache = folder / "fontcache"
    (folder / "fonts.conf").write_text(FONTS.format(fonts=fonts, cache=cache))
