from odoo.tools import SQL

#: Functions of the triggers that keep records as they are.
GUARDS = ("sla_breach_guard", "sla_ticket_gone", "sla_excuse_guard")


def uninstall_hook(env):
    """Remove what the tables do not take along when they are dropped."""
    for name in GUARDS:
        env.cr.execute(
            SQL("DROP FUNCTION IF EXISTS %s() CASCADE", SQL.identifier(name))
        )
