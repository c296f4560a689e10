from odoo import api, models

#: Where the records wait that this transaction has changed.
CHANGED = "vip_base.live"
#: What the web client is told, and asks to be told.
NOTICE = "vip_live"
#: Of more records than that only is told that there are many.
MOST = 500


class VipLive(models.AbstractModel):
    """Tells open screens that a colleague has changed what they show.

    A transaction that changes records (`_changed`) sends one notice when it commits: who
    changed them, and their ids, nothing else; a screen that shows one reads it again, by
    its reader's own rights. A notice goes to those who listen to a record, such as the
    team of tickets (`_channels_of`). Nobody listens to a record
    that he may not read (`_heard`), nor to a name: anybody could guess that.
    """

    _name = "vip.live"
    _description = "Live Screens"

    # To be extended

    @api.model
    def _channel_models(self):
        """Return the names of the models whose records people may listen to."""
        return {"res.company"}

    @api.model
    def _own_channels(self):
        """Return the records that whoever opens a list or a home listens to."""
        return [self.env.user.company_ids]

    @api.model
    def _channels_of(self, records):
        """Return {channel: ids} of where changes of these records are told."""
        return {}

    # Telling

    @api.model
    def _changed(self, records, gone=None):
        """Let screens know, once this transaction commits, that records have changed.

        :param records: of a model of which `_channels_of` knows
        :param gone: {channel: ids} of what has left it or is deleted
        """
        precommit = self.env.cr.precommit
        changed = precommit.data.get(CHANGED)
        if changed is None:
            changed = precommit.data[CHANGED] = {}
            # At the end: what else runs before the commit may change more.
            precommit.add(lambda: precommit.add(self._send))
        ids, left = changed.setdefault(records._name, (set(), {}))
        ids.update(records._ids)
        for channel, gone_ids in (gone or {}).items():
            left.setdefault(channel, set()).update(gone_ids)

    @api.model
    def _send(self):
        """Send what has changed: one notice to each channel, mostly a single one."""
        notices = {}
        for name, (ids, left) in self.env.cr.precommit.data.pop(CHANGED, {}).items():
            # As superuser: who listens to what is changed, whoever changed it.
            channels = self._channels_of(self.env[name].sudo().browse(ids))
            for told in (channels, left):
                for channel, of in told.items():
                    of_model = notices.setdefault(channel, {})
                    of_model.setdefault(name, set()).update(of)
        bus = self.env["bus.bus"]
        for channel, of_model in notices.items():
            bus._sendone(
                channel,
                NOTICE,
                {
                    "by": self.env.uid,
                    "ids": {
                        name: sorted(ids) if len(ids) <= MOST else False
                        for name, ids in of_model.items()
                    },
                },
            )

    # Listening

    @api.model
    def _heard(self, asked):
        """Return the records to which the current user may listen.

        :param asked: what the web client asks for: ``vip_live``, or
            ``vip_live/<model>/<id>``
        """
        if not self.env.user._is_internal():
            return []
        found = []
        for name in asked:
            _notice, *of = name.split("/")
            records = [self._asked(*of)] if len(of) == 2 else self._own_channels()
            for channels in records:
                found += [one for one in channels if one.has_access("read")]
        return found

    @api.model
    def _asked(self, name, id_):
        if name not in self._channel_models() or not id_.isdecimal():
            return self.browse()
        return self.env[name].browse(int(id_)).exists()


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Let people listen to records of ours that they may read, and to no name."""
        asked = [name for name in channels if name.split("/")[0] == NOTICE]
        channels = [name for name in channels if name not in asked]
        channels = super()._build_bus_channel_list(channels)
        return [*channels, *self.env["vip.live"]._heard(asked)]
