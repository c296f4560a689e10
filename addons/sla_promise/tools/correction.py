"""Why a policy in force is corrected; it travels to its targets and the audit log.

In the context it is an object, which a remote call cannot send.
"""

from dataclasses import dataclass

from odoo.addons.vip_base.tools.reason import because

CONTEXT_KEY = "sla_correction"


@dataclass(frozen=True)
class Correction:
    reason: str


def correcting(reason):
    """Return the context entries under which what is written is a correction."""
    return {CONTEXT_KEY: Correction(reason), **because(reason)}


def correction_reason(env):
    """Return why something is being corrected, False if nothing is."""
    value = env.context.get(CONTEXT_KEY)
    return value.reason if isinstance(value, Correction) else False
