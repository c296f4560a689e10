from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.engine.figure import Count, Number, Share
from odoo.addons.vip_base.models.figure.vip_figure import LOWER

#: What complaints are told apart by.
OF_COMPLAINT = (
    *("user_id", "team_id", "ticket_id", "partner_id", "category_id", "channel_id"),
)


class Complained(models.AbstractModel):
    """A complaint that was filed: of the team and item complained of (V3)."""

    _name = "vip.occurrence.complained"
    _inherit = "vip.occurrence"
    _description = "Complaint Filed"
    _kind = "complained"
    _rows_of = "vip.complaint"
    _dimensions = OF_COMPLAINT
    _of_voice = True
    #: The column that says when it happened, and its condition and value.
    _at = "filed_at"
    _only = "TRUE"
    _value = "NULL::numeric"

    @api.model
    def _label(self):
        return self.env._("Complaints")

    @api.model
    def _happened(self, stretch):
        return SQL(
            """
        SELECT complaint.%(at)s AS at, file.vip_owner_id AS user_id, about.team_id,
               complaint.id AS record_id, complaint.ticket_id, %(value)s AS value,
               %(client)s AS partner_id, about.category_id, file.channel_id
          FROM vip_complaint complaint
          JOIN helpdesk_ticket file ON file.id = complaint.ticket_id
          LEFT JOIN helpdesk_ticket about ON about.id = complaint.about_id
         WHERE complaint.company_id = %(company)s AND %(only)s AND %(during)s""",
            at=SQL.identifier(self._at),
            value=SQL(self._value),
            client=self._client(SQL("file.partner_id")),
            company=stretch.company.id,
            only=SQL(self._only),
            during=stretch.during(SQL("complaint.%s", SQL.identifier(self._at))),
        )


class Recovered(models.AbstractModel):
    """A complaint of which the client said whether it is settled; value 1: it is."""

    _name = "vip.occurrence.recovered"
    _inherit = "vip.occurrence.complained"
    _description = "Complaint Verified"
    _kind = "recovered"
    _at = "verified_at"
    _only = "complaint.verify_result IN ('settled', 'unsettled')"
    _value = "(complaint.verify_result = 'settled')::integer"

    @api.model
    def _label(self):
        return self.env._("Complaints verified")


class ComplaintCount(models.AbstractModel):
    """How many complaints were filed."""

    _name = "vip.figure.complaints"
    _inherit = "vip.figure"
    _description = "Complaints Filed"
    _key = "complaints"
    _sequence = 80
    _formula = Number(Count("complained"))
    _better = LOWER
    _adds_up = True

    @api.model
    def _label(self):
        return self.env._("Complaints")


class RecoveredShare(models.AbstractModel):
    """Of the complaints that clients were asked about again, those that are settled."""

    _name = "vip.figure.recovered"
    _inherit = "vip.figure"
    _description = "Share of Complaints Settled"
    _key = "recovered"
    _sequence = 81
    _formula = Share(Count("recovered", only="value = 1"), of=(Count("recovered"),))
    _unit = "percent"

    @api.model
    def _label(self):
        return self.env._("Complaints settled %")
