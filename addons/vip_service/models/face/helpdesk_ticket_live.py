from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import AUDITOR_GROUP
from odoo.addons.vip_base.tools.sql import array


class HelpdeskTicket(models.Model):
    """Who has a ticket on screen sees what a colleague makes of it."""

    _inherit = "helpdesk.ticket"

    def _write_multi(self, vals_list):
        result = super()._write_multi(vals_list)
        self.env["vip.live"]._changed(self)
        return result

    def unlink(self):
        self._live_leave()
        return super().unlink()

    def _live_leave(self):
        """Tell also those who listen to where these tickets are now."""
        self.env["vip.live"]._changed(self, gone=self._live_channels())

    def _live_channels(self):
        """Return {channel: ids of these tickets}: their team; without one the company."""
        channels = defaultdict(list)
        for id_, team_id, company_id in self.env.execute_query(
            SQL(
                "SELECT id, team_id, company_id FROM helpdesk_ticket WHERE id = ANY(%s)",
                array(self._ids),
            )
        ):
            channel = (
                self.env["helpdesk.ticket.team"].browse(team_id)
                if team_id
                else self.env["res.company"].browse(company_id)
            )
            channels[channel].append(id_)
        return channels


class VipLive(models.AbstractModel):
    _inherit = "vip.live"

    @api.model
    def _channel_models(self):
        return super()._channel_models() | {"helpdesk.ticket", "helpdesk.ticket.team"}

    @api.model
    def _channels_of(self, records):
        if records._name == "helpdesk.ticket":
            return records._live_channels()
        return super()._channels_of(records)

    @api.model
    def _own_channels(self):
        """Listen also to the teams of which one may see the tickets of others."""
        user, teams = self.env.user, self.env["helpdesk.ticket.team"]
        sees_all = user.has_group("helpdesk_mgmt.group_helpdesk_user")
        if sees_all or user.has_group(AUDITOR_GROUP):
            return [*super()._own_channels(), teams.search(Domain.TRUE)]
        own = user.helpdesk_team_ids | teams.search([("user_id", "=", user.id)])
        return [*super()._own_channels(), own]


class VipPresence(models.AbstractModel):
    _inherit = "vip.presence"

    @api.model
    def _models(self):
        return super()._models() | {"helpdesk.ticket"}
