from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.vip_base.tools.written import reader_zone, written_moment

#: How far a request is, as its client sees it.
RECEIVED, TAKEN, IN_WORK, DONE = range(4)


class UntoldMany2one(fields.Many2one):
    """Many2one that pages of the host ask for on behalf of those who may not read it.

    No remote call reads it, searches or groups by it, as the groups say.
    """

    def __get__(self, record, owner=None):
        try:
            return super().__get__(record, owner)
        except AccessError:
            record.check_access("read")
            # As superuser: for code of the server, of a record that the user may read.
            return super().__get__(record.sudo(), owner).sudo(False)


class HelpdeskTicket(models.Model):
    """What a client is told of its requests: how far they are, and what happens now.

    No colleague is named but the client's adviser and the owner of the request.
    """

    _inherit = "helpdesk.ticket"

    # Of the host, whose portal reads every field: who works on it is not told.
    user_id = UntoldMany2one(groups="base.group_user")
    user_ids = fields.Many2many(groups="base.group_user")
    create_uid = fields.Many2one(groups="base.group_user")
    write_uid = fields.Many2one(groups="base.group_user")

    @api.model
    def _client_awaits(self):
        """Return the domain of requests of which their client awaits something; a hook."""
        return Domain("stage_id", "in", self.env["helpdesk.ticket.stage"]._open_ids())

    def _client_told(self, at):
        """Return ``{ticket id: what its client is told of it}``; a door.

        Dicts of texts: ``number``, ``name``, ``asked`` (when), ``now`` (what happens) and
        ``step`` (of RECEIVED, TAKEN …). An addon says more of a promise: ``by`` (until
        when), ``what`` (was promised), ``late`` (why, and what follows). As many queries
        for one ticket as for many.

        :param self: as superuser, of whom the reader may know
        :param at: naive UTC
        """
        standings = self._standings(self.ids)
        zone = reader_zone(self.env)
        return {
            ticket.id: {
                "number": ticket.number,
                "name": ticket.name,
                "asked": written_moment(self.env, ticket.opened_at, zone, at),
                "step": ticket._client_step(),
                "now": ticket._client_now(standings.get(ticket.id), at),
                "by": "",
                "what": "",
                "late": "",
            }
            for ticket in self
        }

    def _client_step(self):
        """Return how far this request is; a hook."""
        if self.closed:
            return DONE
        return TAKEN if self.user_id else RECEIVED

    def _client_now(self, standing, at):
        """Return what happens with this request now, in words for its client; a hook.

        :param standing: of :meth:`_standings`
        """
        if self.closed:
            return self.env._("It is done.")
        who = self._client_holder()
        asked = standing and standing.said_at and standing.unanswered_at
        if asked and who:
            return self.env._(
                "%(person)s answers what you wrote %(moment)s",
                person=who,
                moment=written_moment(self.env, asked, reader_zone(self.env), at),
            )
        if who and self.user_id.name == who and self._client_step() == IN_WORK:
            return self.env._("%s works on it", who)
        if who:
            return self.env._("%s sees to it", who)
        if self.user_id:
            return self.env._("One of us works on it")
        return self.env._("We have it; it is about to be taken")

    def _client_holder(self):
        """Return the name of who sees to this request, if the client may know it."""
        return self._client_contact().name or ""

    def _client_contact(self):
        """Return who is named to the client: the holder if it may be, else the owner."""
        adviser = self.commercial_partner_id.adviser_id
        if self.user_id in self.vip_owner_id | adviser:
            return self.user_id
        return self.vip_owner_id
