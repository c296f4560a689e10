from odoo.tools import SQL

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .models.vip_improvement import CAUSE


def uninstall_hook(env):
    """Take along the improvements of causes: without causes nothing says what they count.

    Closed ones and their re-checks are kept as they were by the database.
    """
    tables = ("vip_improvement", "vip_improvement_check")
    found = env["vip.improvement"].with_context(**{MODULE_UNINSTALL_FLAG: True})
    found = found.search([("source", "=", CAUSE)])
    env.flush_all()
    for verb in ("DISABLE", "ENABLE"):
        for table in tables:
            env.cr.execute(
                SQL(
                    "ALTER TABLE %s %s TRIGGER USER",
                    SQL.identifier(table),
                    SQL(verb),
                )
            )
        if verb == "DISABLE":
            found.unlink()
