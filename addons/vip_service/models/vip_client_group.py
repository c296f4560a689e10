from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.vip_base.tools.times import event_time


class VipClientGroup(models.Model):
    """Clients that consent to be judged on their figures together (REQUIREMENTS T2).

    A family, or a franchisee with its branches: every member with consent is judged on
    the sum of all of them and so may hold the tier that the group reaches. Nobody is a
    member without consent.
    """

    _name = "vip.client.group"
    _description = "Client Group"
    _inherit = ["mail.thread", "vip.audited"]
    _order = "name, id"

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    active = fields.Boolean(string="In use", default=True)
    member_ids = fields.One2many(
        "vip.client.group.member",
        "group_id",
        string="Members",
        help="Each member is judged on the figures of all whose consent covers the whole "
        "month under review: the months since each one's consent are added up.",
    )
    member_count = fields.Integer(
        string="Members today", compute="_compute_member_count"
    )

    @api.depends("member_ids.date_from", "member_ids.date_to")
    def _compute_member_count(self):
        Member = self.env["vip.client.group.member"]
        counts = {}
        for company, groups in self.grouped("company_id").items():
            today = company._vip_local_date(event_time(self.env))
            domain = [("group_id", "in", groups.ids), *Member._running_domain(today)]
            counts |= dict(Member._read_group(domain, ["group_id"], ["__count"]))
        for group in self:
            group.member_count = counts.get(group, 0)

    # CRUD

    def write(self, vals):
        """Let the consents of a group that is given up end with it."""
        if "company_id" in vals and self.with_context(active_test=False).member_ids:
            raise UserError(self.env._("A group with members stays in its company."))
        if vals.get("active") is False:
            self.filtered("active").member_ids._end_now(
                self.env._("The group was given up.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_empty(self):
        if self.member_ids:
            raise UserError(
                self.env._("A group that had members is archived, not deleted.")
            )

    def _audited_fields(self):
        return {"name", "company_id", "active"}
