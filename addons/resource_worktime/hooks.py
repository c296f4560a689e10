from odoo.tools import SQL

#: Functions of the triggers that keep records as they are.
GUARDS = ("resource_worktime_version_frozen",)


def uninstall_hook(env):
    """Remove what the tables do not take along when they are dropped."""
    for name in GUARDS:
        env.cr.execute(
            SQL("DROP FUNCTION IF EXISTS %s() CASCADE", SQL.identifier(name))
        )
