from odoo import fields, models

from odoo.addons.vip_base.tools.groups import SETTINGS_GROUPS


class ResCompany(models.Model):
    """How a company decides on tier changes; what is set here is kept in the log."""

    _name = "res.company"
    _inherit = ["res.company", "vip.audited"]

    vip_auto_approval = fields.Selection(
        [
            ("none", "Nothing"),
            ("promotions", "Rises"),
            ("all", "Rises and falls"),
        ],
        string="Approved by rule",
        required=True,
        default="none",
        groups=SETTINGS_GROUPS,
        help="What the monthly review proposes and nobody needs to approve.",
    )
    vip_proposal_days = fields.Integer(
        string="Proposals expire after (days)",
        groups=SETTINGS_GROUPS,
        help="0: an undecided proposal waits until the next review.",
    )
    vip_override_single = fields.Boolean(
        string="One person gives an override",
        groups=SETTINGS_GROUPS,
        help="A service manager may approve an own override. Other tier changes always "
        "need a second person.",
    )
    vip_tell_clients = fields.Boolean(
        string="Tell clients of their new tier",
        groups=SETTINGS_GROUPS,
        help="By e-mail, when the new tier takes effect.",
    )
    vip_warn_clients = fields.Boolean(
        string="Warn clients in grace",
        groups=SETTINGS_GROUPS,
        help="By e-mail, once per review, after their advisers were told.",
    )
    vip_entry_auto = fields.Boolean(
        string="Entry by the first deposit",
        groups=SETTINGS_GROUPS,
        help="An import proposes the tier whose entry threshold a new client's first "
        "month reaches.",
    )

    _vip_proposal_days_not_negative = models.Constraint(
        "CHECK (vip_proposal_days >= 0)", "Proposals expire after 0 days or more."
    )

    def _audited_fields(self):
        # What is read-only is kept by jobs and is no setting.
        return {
            name
            for name, field in self._fields.items()
            if name.startswith("vip_") and field.store and not field.readonly
        }
