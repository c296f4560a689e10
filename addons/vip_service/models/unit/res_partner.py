from odoo import api, fields, models

from odoo.addons.vip_base.tools.groups import STAFF_GROUPS


class ResPartner(models.Model):
    """The branch that serves a client (REQUIREMENTS T4: the adviser is of it)."""

    _inherit = "res.partner"

    branch_id = fields.Many2one(
        "vip.unit",
        index="btree_not_null",
        ondelete="restrict",
        domain=[("kind", "=", "branch")],
        copy=False,
        groups=STAFF_GROUPS,
    )
    is_adviser_of_branch = fields.Boolean(
        compute="_compute_is_adviser_of_branch",
        groups=STAFF_GROUPS,
        help="Whether the adviser works in the client's branch; also where one of the two "
        "has none.",
    )

    @api.depends("branch_id", "adviser_id.unit_id")
    def _compute_is_adviser_of_branch(self):
        for partner in self:
            # As superuser: the unit of a colleague, nothing else.
            unit = partner.adviser_id.sudo().unit_id
            branch = partner.branch_id
            partner.is_adviser_of_branch = (
                not unit or not branch or f"/{branch.id}/" in f"/{unit.parent_path}"
            )
