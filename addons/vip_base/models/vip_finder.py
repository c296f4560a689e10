from odoo import api, models

from ..tools.reason import said


class VipFinder(models.AbstractModel):
    """Finds records for the command palette, always as the user.

    Who may not read a record does not find it; a field that somebody does not see finds
    nothing for him either.
    """

    _name = "vip.finder"
    _description = "Finder"

    @api.model
    def _places(self):
        """Return where to look, :class:`~..tools.finding.Place` each; a door."""
        return []

    @api.model
    def find(self, text):
        """Return what a text finds, for the palette of the web client.

        :return: dicts of ``kind``, ``id`` (what is opened), ``action`` (in whose form),
            ``name`` and ``note`` (what else to know it by)
        """
        text = said(text)
        if not text or not self.env.user._is_internal():
            return []
        found = []
        for place in self._places():
            if self.env[place.model].has_access("read"):
                for record in place.find(text):
                    name, note, res_id = place.tell(record)
                    found.append(
                        {
                            "kind": place.kind,
                            "action": place.action,
                            "id": res_id,
                            "name": name,
                            "note": note,
                        }
                    )
        return found
