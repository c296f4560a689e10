"""Run the sample loader on a database: ``python -m tools.load_demo DB [key=n]…``.

The loader commits its own steps; what it leaves open is committed at the end.
"""

import sys

from tests.replay.load import load

from .environment import superuser


def main(database: str, *options: str):
    pairs = (option.split("=") for option in options)
    with superuser(database) as env:
        load(env, **{key: int(value) for key, value in pairs})


if __name__ == "__main__":
    main(*sys.argv[1:])
