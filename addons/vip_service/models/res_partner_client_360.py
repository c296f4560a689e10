from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.groups import AUDITOR_GROUP, MANAGER_GROUP, STAFF_GROUPS

from ..tools.measure_sql import edge_month_sql


class ResPartner(models.Model):
    """The client's page: one call for what is seen at once, one per lazy section."""

    _inherit = "res.partner"

    # Public

    def client_360(self):
        """Return the page: ``partner`` (the header) and ``sections`` in order.

        A lazy section comes without data. A contact shows its commercial entity; who is
        no client has no sections. Raises AccessError for people outside the service.
        """
        client = self._client_360_client()
        sections = []
        if client.client_type:
            for section in client._client_360_sections():
                data = (
                    None if section["lazy"] else client._client_360_load(section["key"])
                )
                sections.append({**section, "data": data})
        return {
            "partner": client._client_360_header(),
            "sections": sorted(sections, key=lambda section: section["sequence"]),
        }

    def client_360_section(self, key):
        """Return the data of the section ``key``; UserError if there is none for you."""
        client = self._client_360_client()
        keys = {section["key"] for section in client._client_360_sections()}
        if not client.client_type or key not in keys:
            raise UserError(self.env._("There is no such section for this client."))
        return client._client_360_load(key)

    # Hook

    def _client_360_sections(self):
        """Return the sections for the present user: key, title, sequence and lazy.

        Each has a loader ``_client_360_<key>()`` that returns JSON data.
        """
        self.ensure_one()
        rows = [
            ("requests", self.env._("Requests"), 30, False),
            ("tiers", self.env._("Tiers"), 40, True),
            ("entitlements", self.env._("Entitlements"), 50, True),
        ]
        if self._client_360_money_visible():
            rows += [
                ("road", self.env._("Road to the next tier"), 10, False),
                ("activity", self.env._("Twelve months"), 20, True),
            ]
        names = ("key", "title", "sequence", "lazy")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _client_360_load(self, key):
        return getattr(self, f"_client_360_{key}")()

    # Access

    def _client_360_client(self):
        self.ensure_one()
        if not self.env.user.has_groups(STAFF_GROUPS):
            raise AccessError(self.env._("The client's page is for the service staff."))
        self.check_access("read")
        client = self.commercial_partner_id
        if client != self:
            client.check_access("read")
        return client

    def _client_360_money_visible(self):
        """Return whether the present user may see this client's money and volumes."""
        user = self.env.user
        return (
            self.adviser_id == user
            or user.has_group(MANAGER_GROUP)
            or user.has_group(AUDITOR_GROUP)
        )

    # Header

    def _client_360_header(self):
        tier, since = self.vip_tier_id, self.vip_tier_since
        labels = dict(self._fields["client_type"]._description_selection(self.env))
        # As superuser: the adviser's name, for whoever may read the client.
        adviser = self.sudo().adviser_id
        reachable = self.env.user.has_group("vip_base.group_vip_agent")
        return {
            "id": self.id,
            "name": self.name or "",
            "number": self.client_number,
            "type": self.client_type,
            "type_label": labels.get(self.client_type, False),
            "tier": tier._client_360_badge() if tier else False,
            "tier_since": fields.Date.to_string(since) if since else False,
            "adviser": {"id": adviser.id, "name": adviser.name} if adviser else False,
            "currency_id": self._client_360_currency().id,
            # An auditor has no reason to call the client.
            "email": self.email if reachable else False,
            "phone": self.phone if reachable else False,
        }

    def _client_360_today(self):
        return self.env.company._vip_local_date(event_time(self.env))

    def _client_360_currency(self):
        # As superuser: the user's own company's currency.
        return self.env.company.sudo().currency_id

    def _client_360_month_sql(self):
        """Return the newest month that the company has figures for, as SQL."""
        self.env["vip.activity"].flush_model()
        return edge_month_sql(self.env.company.id, "max")
