"""What is at stake in decisions about points."""

from odoo.fields import Domain

from odoo.addons.vip_base.tools.tile import Part


def points_at_stake(decisions, total):
    """Return what is said of the points that wait for a decision: "-2.5 points".

    :param decisions: the model
    :param total: its stored number of points
    """
    return Part(
        lambda points: decisions.env._("%s points", f"{points:+.1f}"),
        lambda: Domain.TRUE,
        total=total,
    )
