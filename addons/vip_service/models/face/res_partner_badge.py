from odoo import fields, models

#: How the states of the life cycle look.
LIFECYCLE_TONES = {
    "potential": "info",
    "active": "success",
    "loyal": "success",
    "dormant": "warning",
}


class ResPartner(models.Model):
    """What the header of a client's page says beside its name, tier and adviser."""

    _inherit = "res.partner"

    def _client_360_badges(self):
        """Return the badges of the header for the present user; a door.

        An addon adds dicts of :meth:`_client_360_mark` to them. It costs no query more
        than the call of the page can spare (``docs.md``).
        """
        self.ensure_one()
        return [*self._client_360_override_mark(), *self._client_360_lifecycle_mark()]

    def _client_360_badges_shown(self):
        return sorted(self._client_360_badges(), key=lambda badge: badge["sequence"])

    def _client_360_mark(self, key, label, text, *, sequence, tone="info", **more):
        """Return one badge of the header.

        :param label: what it is about, above the badge
        :param text: its word; empty where ``until`` says all
        :param tone: ``info``, ``success``, ``warning`` or ``danger``
        :param more: ``since``, ``until`` (dates) and ``note``, a few words below
        """
        days = {
            name: fields.Date.to_string(more[name]) if more.get(name) else False
            for name in ("since", "until")
        }
        return {
            "key": key,
            "label": label,
            "text": text,
            "tone": tone,
            "note": more.get("note") or False,
            "sequence": sequence,
            **days,
        }

    def _client_360_override_mark(self):
        until = self.vip_override_until
        if until:
            yield self._client_360_mark(
                "override",
                self.env._("Override"),
                "",
                sequence=10,
                tone="warning",
                until=until,
                note=self.vip_override_reason,
            )

    def _client_360_lifecycle_mark(self):
        state = self.vip_lifecycle
        if state:
            labels = self._fields["vip_lifecycle"]._description_selection(self.env)
            yield self._client_360_mark(
                "lifecycle",
                self.env._("Life cycle"),
                dict(labels)[state],
                sequence=20,
                tone=LIFECYCLE_TONES[state],
                since=self.vip_lifecycle_since,
            )
