from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import STAFF_GROUPS
from odoo.addons.vip_base.tools.times import CONTEXT_KEY, event_time

from ..answer.vip_answer import SATISFIED
from ..contact.noting import CONTACTS, COUNTS

#: For so long a bad answer makes a client one to look after.
DISSATISFIED = timedelta(days=90)


class ResPartner(models.Model):
    """By what lists of clients are narrowed to those with whom something is to be done."""

    _inherit = "res.partner"

    vip_last_grade = fields.Integer(
        string="Last grade",
        compute="_compute_vip_last_grade",
        search="_search_vip_last_grade",
        groups=STAFF_GROUPS,
        help="Of the client's last answer, if it is of the last 90 days; 0: none.",
    )
    vip_has_unused_right = fields.Boolean(
        string="Has a right that was not used",
        compute="_compute_vip_has_unused_right",
        search="_search_vip_has_unused_right",
        groups=STAFF_GROUPS,
        help="A right with a quota of which nothing was used in the present period.",
    )

    # Contacts

    @api.model
    def _search_vip_last_contact_at(self, operator, value):
        """Search by the last contact; an empty value means: there is none."""
        if operator in ("<", "<=", ">", ">="):
            least = SQL("%s %s %s", SQL("max(at)"), SQL(operator), value)
            return Domain("id", "in", self._in_contact_sql(least))
        if operator == "in" and set(value) == {False}:
            return Domain("id", "not in", self._in_contact_sql(SQL("TRUE")))
        return NotImplemented

    @api.model
    def _in_contact_sql(self, having):
        """Return a subquery of the clients whose contacts meet ``having``."""
        self.env["vip.contact"].flush_model()
        return SQL(
            """(SELECT partner_id FROM vip_contact
                 WHERE company_id = %s AND partner_id IS NOT NULL AND %s AND at <= %s
                 GROUP BY partner_id HAVING %s)""",
            self.env.company.id,
            COUNTS,
            event_time(self.env),
            having,
        )

    @api.model
    def _search_vip_next_contact_on(self, operator, value):
        """Search by the next planned contact; an empty value means: none is planned."""
        if operator in ("<", "<=", ">", ">="):
            least = SQL("min(a.date_deadline) %s %s", SQL(operator), value)
            return Domain("id", "in", self._planned_sql(least))
        if operator == "in" and set(value) == {False}:
            return Domain("id", "not in", self._planned_sql(SQL("TRUE")))
        return NotImplemented

    @api.model
    def _planned_sql(self, having):
        """Return a subquery of the clients whose planned contacts meet ``having``."""
        self.env["mail.activity"].flush_model()
        self.flush_model(["commercial_partner_id", "head_client_id"])
        return SQL(
            """(SELECT COALESCE(p.head_client_id, p.commercial_partner_id)
                  FROM mail_activity a
                  JOIN mail_activity_type y ON y.id = a.activity_type_id
                  JOIN res_partner p ON p.id = a.res_id
                 WHERE a.active AND a.res_model = 'res.partner'
                   AND (y.id = ANY(%s) OR y.category = ANY(%s))
                 GROUP BY 1 HAVING %s)""",
            list(self.env["mail.activity"]._vip_planned_types().values()),
            list(CONTACTS),
            having,
        )

    # Answers

    @api.depends_context("company", CONTEXT_KEY)
    def _compute_vip_last_grade(self):
        grades = dict(
            self.env.execute_query(
                SQL(
                    "SELECT partner_id, grade FROM (%s) g WHERE partner_id = ANY(%s)",
                    self._last_grades_sql(),
                    self._origin.ids,
                )
            )
        )
        for partner in self:
            partner.vip_last_grade = grades.get(partner._origin.id, 0)

    @api.model
    def _search_vip_last_grade(self, operator, value):
        """Search by the last grade; 0 means: no answer of late."""
        if operator == "in":
            grades = [grade for grade in value if grade]
            found = self._graded_sql(SQL("grade = ANY(%s)", grades))
            domain = Domain("id", "in", found) if grades else Domain.FALSE
            if {0} & set(value):
                domain |= Domain("id", "not in", self._graded_sql(SQL("TRUE")))
            return domain
        if operator in ("<", "<=", ">", ">="):
            return Domain(
                "id", "in", self._graded_sql(SQL("grade %s %s", SQL(operator), value))
            )
        return NotImplemented

    @api.model
    def _graded_sql(self, condition):
        return SQL(
            "(SELECT partner_id FROM (%s) g WHERE %s)",
            self._last_grades_sql(),
            condition,
        )

    @api.model
    def _last_grades_sql(self):
        """Return the query of (partner_id, grade) of the last answer of each client."""
        for name in "vip.answer", "vip.question":
            self.env[name].flush_model()
        now = event_time(self.env)
        # That a client is not content is no secret in the service; the words are.
        return SQL(
            """SELECT DISTINCT ON (q.partner_id) q.partner_id, a.grade
                 FROM vip_answer a JOIN vip_question q ON q.id = a.question_id
                WHERE a.counts AND a.company_id = %s
                  AND a.answered_at > %s AND a.answered_at <= %s
                ORDER BY q.partner_id, a.answered_at DESC, a.id DESC""",
            self.env.company.id,
            now - DISSATISFIED,
            now,
        )

    @api.model
    def _vip_dissatisfied(self):
        """Return the domain of clients whose last answer was not a satisfied one."""
        return Domain("vip_last_grade", "<", SATISFIED)

    # Rights

    @api.depends_context("company", CONTEXT_KEY)
    def _compute_vip_has_unused_right(self):
        found = set(self.search([("vip_has_unused_right", "=", True)]).ids)
        for partner in self:
            partner.vip_has_unused_right = partner._origin.id in found

    @api.model
    def _search_vip_has_unused_right(self, operator, value):
        """Search for clients who have a right with a quota and have not used it."""
        if operator != "in":
            return NotImplemented
        unused = Domain.OR(
            Domain("vip_tier_id", "in", tiers)
            & Domain("id", "not in", self._used_sql(entitlement))
            for entitlement, tiers in self._quota_rights()
        )
        unused &= Domain("client_type", "!=", False)
        return unused if True in value else ~unused

    @api.model
    def _quota_rights(self):
        """Return [(right with a quota, ids of the tiers that have it)] of today."""
        ladder = self.env["vip.tier"]._ladder(self.env.company).ids
        # As superuser: what tiers are entitled to is no secret in the service.
        rights = self.env["vip.entitlement"].sudo().search([("quota", ">", 0)])
        return [
            (right, ladder[ladder.index(right.tier_id.id) :])
            for right in rights
            if right.tier_id.id in ladder
        ]

    @api.model
    def _used_sql(self, entitlement):
        """Return a subquery of the clients who have used a right in this period."""
        self.env["vip.entitlement.use"].flush_model()
        day = self._client_360_today()
        return SQL(
            """(SELECT partner_id FROM vip_entitlement_use
                 WHERE entitlement_id = %s AND company_id = %s
                   AND date_trunc(%s, date::timestamp)
                       = date_trunc(%s, %s::timestamp))""",
            entitlement.id,
            self.env.company.id,
            entitlement.period,
            entitlement.period,
            day,
        )
