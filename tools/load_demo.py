"""Run the sample loader on a database: ``python -m tools.load_demo DB [key=n]…``.

The loader commits its own steps; what it leaves open is committed at the end.
"""

import sys

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service import server
from odoo.tools import config

from tests.replay.load import load

from .runner import CONFIG


def main(database: str, *options: str):
    pairs = (option.split("=") for option in options)
    config.parse_config(
        ["-c", str(CONFIG), "-d", database, "--no-http", "--log-level=warn"],
        setup_logging=True,
    )
    server.start(preload=[], stop=True)
    with Registry(database).cursor() as cursor:
        load(api.Environment(cursor, SUPERUSER_ID, {}), **{k: int(v) for k, v in pairs})


if __name__ == "__main__":
    main(*sys.argv[1:])
