from odoo import models

from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_base.tools.stake import Line, Stake
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import written_day

#: So many earlier decisions stand beside a new one.
SHOWN = 6


class VipTierChange(models.Model):
    """What whoever decides on a tier change should have seen of the client."""

    _inherit = "vip.tier.change"

    def _stakes(self):
        return [
            *super()._stakes(),
            self._opinion_stake(),
            self._rights_stake(),
            self._road_stake(),
        ]

    def _opinion_stake(self):
        labels = dict(self._fields["opinion"]._description_selection(self.env))
        # As superuser: names alone.
        change = self.sudo()
        adviser = change.partner_id.adviser_id
        lines = []
        if self.opinion:
            by = change.opinion_by_id.display_name
            lines = [
                Line(
                    f"{labels[self.opinion]} · {by}",
                    at=self.opinion_at,
                    note=self.opinion_note or "",
                    tone="soon" if self._is_opposed() else "done",
                )
            ]
        empty = self.env._("The client has no adviser.")
        if adviser:
            empty = self.env._("%s has given none yet.", adviser.display_name)
        title = self.env._("The adviser's opinion")
        return Stake("vip_service/opinion", title, lines, empty, 10)

    def _rights_stake(self):
        """Return what rights the client gains or loses."""
        day = self.company_id._vip_local_date(event_time(self.env))
        # As superuser: rights of tiers are no secret in the service.
        rights = self.env["vip.entitlement"].sudo()
        held, new = (
            rights.browse(rights._used_by(self.partner_id, self.company_id, day, tier))
            for tier in (self.from_tier_id, self.to_tier_id)
        )
        lines = [
            *(
                Line(one.name, value=self.env._("gains"), tone="done")
                for one in new - held
            ),
            *(
                Line(one.name, value=self.env._("loses"), tone="soon")
                for one in held - new
            ),
        ]
        return Stake(
            "vip_service/rights",
            self.env._("Rights that change"),
            lines,
            self.env._("The same rights as before."),
            20,
        )

    def _road_stake(self):
        """Return the client's earlier tier changes, newest first."""
        earlier = self.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("id", "!=", self.id),
            ],
            limit=SHOWN,
        )
        states = dict(self._fields["state"]._description_selection(self.env))
        lines = [
            Line(
                f"{change.from_tier_id.name} → {change.to_tier_id.name}",
                note=" · ".join(
                    filter(
                        None,
                        [
                            states[change.state],
                            written_day(self.env, change.effective_date),
                            change.reason,
                        ],
                    )
                ),
                at=change.decided_at or change.proposed_at,
                link=record_link(self._name, change.id),
            )
            for change in earlier
        ]
        return Stake(
            "vip_service/road",
            self.env._("Decided on this client before"),
            lines,
            self.env._("No tier change of this client was proposed before."),
            60,
        )
