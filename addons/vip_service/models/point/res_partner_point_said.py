from datetime import timedelta

from odoo import models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools.groups import AGENT_GROUP
from odoo.addons.vip_base.tools.reason import said
from odoo.addons.vip_base.tools.times import event_time

from .vip_key_point_outcome import OUTCOMES

#: For so long a key point rests that somebody said to be done or wrong, and the data
#: goes on saying; a hint rests for good.
RESTS = timedelta(days=30)


class ResPartner(models.Model):
    """What becomes of key points: shown, useful, done, wrong, retired."""

    _inherit = "res.partner"

    def key_point_said(self, key, outcome):
        """Say of a key point of this client that it is useful, done or wrong.

        Done and wrong take it away; what presses is kept being shown. Who said it and
        when is kept in any case.

        :raise AccessError: who only reads says nothing
        :raise UserError: there is no such key point now
        """
        client = self._client_of_points()
        key, outcome = said(key), said(outcome)
        point = next(
            (one for one in client._key_points_now() if one["key"] == key), None
        )
        if not point or outcome not in dict(OUTCOMES):
            raise UserError(
                self.env._("This key point does not hold any more: open the page anew.")
            )
        at = event_time(self.env)
        # As superuser: what is said is written here only.
        self.env["vip.key.point.outcome"].sudo().create(
            {
                "partner_id": client.id,
                "company_id": self.env.company.id,
                "key": key,
                "outcome": outcome,
                "user_id": self.env.uid,
                "at": at,
            }
        )
        if outcome != "useful" and point["level"] != "danger":
            is_hint = point["key"].startswith("hint:")
            self.env["vip.key.point.retired"]._retire_said(
                client, key, outcome, at, None if is_hint else at + RESTS
            )
        return True

    def key_points_shown(self, keys):
        """Count that key points of this client are shown to the present user today.

        What people wrote or configured retires once it was shown often and nobody acted
        on it. Who only reads is not counted.
        """
        client = self._client_360_client()
        if not self.env.user.has_group(AGENT_GROUP) or not isinstance(keys, list):
            return False
        shown = {said(key) for key in keys}
        held = [one for one in client._key_points_now() if one["key"] in shown]
        if held:
            at = event_time(self.env)
            self.env["vip.key.point.showing"]._note(
                client, [one["key"] for one in held], client._client_360_today(), at
            )
            # As superuser: a setting of the company decides, whoever looks.
            most = self.env.company.sudo().vip_point_showings
            made = [one["key"] for one in held if one["made"]]
            if most and made:
                self.env["vip.key.point.retired"]._retire_unheeded(
                    client, made, most, at
                )
        return True

    def _client_of_points(self):
        client = self._client_360_client()
        if not self.env.user.has_group(AGENT_GROUP):
            raise AccessError(self.env._("Who only reads says nothing of key points."))
        return client
