"""An Odoo environment for a script of our own; imported where Odoo is importable."""

import contextlib

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service import server
from odoo.tools import config

from .runner import CONFIG


@contextlib.contextmanager
def superuser(database: str, log_level: str = "warn"):
    """The superuser's environment; committed at the end, unless it fails."""
    config.parse_config(
        ["-c", str(CONFIG), "-d", database, "--no-http", f"--log-level={log_level}"],
        setup_logging=True,
    )
    server.start(preload=[], stop=True)  # loads the server-wide modules, no more
    with Registry(database).cursor() as cursor:
        yield api.Environment(cursor, SUPERUSER_ID, {})
