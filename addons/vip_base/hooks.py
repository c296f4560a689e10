from odoo.tools import SQL

from .tools.leaving import leave

#: Functions of the triggers that keep records as they are.
GUARDS = ("vip_audit_log_frozen",)


def uninstall_hook(env):
    """Let nothing be in the way; remove what the tables do not take along."""
    for name in GUARDS:
        env.cr.execute(
            SQL("DROP FUNCTION IF EXISTS %s() CASCADE", SQL.identifier(name))
        )
    leave(env, "vip_base")
