from odoo import api, models
from odoo.exceptions import AccessError, UserError

#: What the web client is told.
NOTICE = "vip_here"
#: What somebody does with a record that is open on a screen.
DOINGS = frozenset(("reading", "typing", "gone"))


class VipPresence(models.AbstractModel):
    """Tells who has a record on screen that somebody else has it there, too.

    The web client says again and again what its user does; nothing is stored, and who
    is not heard of any more is not there. A notice has ids only and goes to those who
    listen to the record itself, which who may not read it cannot (``vip.live._heard``).
    """

    _name = "vip.presence"
    _description = "Presence on Screens"

    @api.model
    def _models(self):
        """Return the names of the models of which it is told; ``vip.live`` knows them.

        An addon adds to it, and to ``_channel_models`` of ``vip.live``.
        """
        return set()

    @api.model
    def here(self, model, record_id, doing):
        """Tell others who have a record on screen what the present user does with it.

        :param doing: one of :data:`DOINGS`
        :raise AccessError: the user may not read the record, or is none of us
        """
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only who works here says so."))
        said = isinstance(model, str) and isinstance(doing, str)
        if not said or model not in self._models() or doing not in DOINGS:
            raise UserError(self.env._("Nobody is told of that."))
        record = self.env[model].browse(record_id).exists()
        record.check_access("read")
        if record:
            self.env["bus.bus"]._sendone(
                record, NOTICE, {"by": self.env.uid, "id": record.id, "doing": doing}
            )
