from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import add_months, event_time

from ..tools.figures_sql import edge_month_sql
from ..tools.lifecycle_sql import ACTIVE, DORMANT, LOYAL, POTENTIAL, states_sql

#: Of so many clients the changes are written, and committed by the job, at once.
BATCH = 100_000


class VipLifecycle(models.Model):
    """Which state a client's business was in from when to when; no row: potential.

    Derived from activity facts of whole months (REQUIREMENTS T5), so it holds from the
    first day of the month after. Written here only.
    """

    _name = "vip.lifecycle"
    _description = "Life-cycle State"
    _order = "date_from desc, id desc"
    _rec_name = "state"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, ondelete="restrict")
    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, ondelete="cascade", index=True
    )
    state = fields.Selection("_states", required=True)
    date_from = fields.Date(string="Start date", required=True)
    date_to = fields.Date(
        string="End date", help="The first day that is no longer covered; empty: open."
    )

    _period = models.Constraint(
        "CHECK (date_to > date_from)", "A state ends after it began."
    )
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist ("
        "int4range(company_id, company_id, '[]') WITH =, "
        "int4range(partner_id, partner_id, '[]') WITH =, "
        "daterange(date_from, date_to) WITH &&)",
        "A client is in one state at a time.",
    )
    _open = models.UniqueIndex("(company_id, partner_id) WHERE date_to IS NULL")

    @api.model
    def _states(self):
        return [
            (POTENTIAL, self.env._("Potential")),
            (ACTIVE, self.env._("Active")),
            (LOYAL, self.env._("Loyal")),
            (DORMANT, self.env._("Dormant")),
        ]

    @api.model
    def _judge(self, company, month, partners=None):
        """Judge the clients of ``company`` by their figures up to ``month``.

        What is judged holds from the first day of the month after. Judging a month again
        follows corrected figures; judging it again without any changes nothing. The changes
        of many clients are committed in batches: what was interrupted is judged again.

        :param month: first day of a month that is over
        :param partners: only these clients
        :returns: number of clients whose state changed with this month
        :raises UserError: a later month was already judged
        """
        start = add_months(month, 1)
        self.env["vip.activity"].flush_model()
        self.env["res.partner"].flush_model(["client_type"])
        self.flush_model()
        scope = SQL("")
        if partners is not None:
            scope = SQL("AND partner_id = ANY(%s)", partners.ids)
        self._check_nothing_later(company, start, scope)
        slices = self._find_changes(company, month, start, scope)
        [[changed]] = self.env.execute_query(
            SQL("SELECT count(*) FROM vip_lifecycle_new WHERE state <> before")
        )
        for place in range(slices):
            if place:
                self._commit_batch()
            self._forget_what_began(place)
            self._end_or_reopen(start, place)
            self._begin(company, start, place)
        self.env.cr.execute(SQL("DROP TABLE vip_lifecycle_new"))
        self.invalidate_model()
        self.env["res.partner"].invalidate_model(
            ["vip_lifecycle", "vip_lifecycle_since"]
        )
        return changed

    def _commit_batch(self):
        # Outside of a job it only commits.
        self.env["ir.cron"]._commit_progress()

    def _check_nothing_later(self, company, start, scope):
        if self.env.execute_query(
            SQL(
                "SELECT FROM vip_lifecycle WHERE company_id = %s"
                " AND (date_from > %s OR date_to > %s) %s LIMIT 1",
                *(company.id, start, start, scope),
            )
        ):
            raise UserError(self.env._("A later month was already judged."))

    def _find_changes(self, company, month, start, scope):
        """Put whose state changes, or was changed by an earlier judgement of this month,
        into a table, in slices of some clients; return how many slices.

        The others are not written at all. The table survives the commits in between.
        """
        # As superuser: the settings are the administrator's, what they mean is not.
        settings = company.sudo()
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS vip_lifecycle_new"))
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMP TABLE vip_lifecycle_new AS
                SELECT n.*, b.id AS began_id, b.state AS began,
                       (row_number() OVER (ORDER BY partner_id) - 1) / %(batch)s AS slice
                  FROM (%(states)s) n
                  LEFT JOIN (SELECT id, partner_id, state FROM vip_lifecycle
                              WHERE company_id = %(company)s AND date_from = %(start)s) b
                 USING (partner_id)
                 WHERE n.state <> before OR ended IS NOT NULL OR b.id IS NOT NULL
                """,
                batch=BATCH,
                states=states_sql(
                    company.id,
                    month,
                    settings.vip_active_months,
                    settings.vip_loyal_months,
                    scope,
                ),
                company=company.id,
                start=start,
            )
        )
        self.env.cr.execute(SQL("ANALYZE vip_lifecycle_new"))
        [[slices]] = self.env.execute_query(
            SQL("SELECT COALESCE(max(slice) + 1, 0) FROM vip_lifecycle_new")
        )
        return slices

    def _forget_what_began(self, place):
        """Delete what an earlier judgement of the same month says otherwise."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM vip_lifecycle l USING vip_lifecycle_new n
                 WHERE n.slice = %s AND l.id = n.began_id
                   AND (n.began <> n.state OR n.state = n.before)
                """,
                place,
            )
        )

    def _end_or_reopen(self, start, place):
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_lifecycle l
                   SET date_to = CASE WHEN n.state <> n.before THEN %(start)s::date END
                  FROM vip_lifecycle_new n
                 WHERE n.slice = %(place)s AND l.id = n.before_id
                   AND l.date_to IS DISTINCT FROM
                       CASE WHEN n.state <> n.before THEN %(start)s::date END
                """,
                start=start,
                place=place,
            )
        )

    def _begin(self, company, start, place):
        # It is not looked up here whether there is such a row: the plan would scan the
        # table, which is being filled, for each row.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO vip_lifecycle (company_id, partner_id, state, date_from)
                SELECT %s, partner_id, state, %s FROM vip_lifecycle_new
                 WHERE slice = %s AND state <> before AND state <> %s
                   AND began IS DISTINCT FROM state
                """,
                *(company.id, start, place, POTENTIAL),
            )
        )

    # Crons

    @api.model
    def _cron_lifecycle(self):
        """Judge each company by the months that are over, one commit per month.

        The first run judges all months that there are figures of; later ones the months
        since, and the last one again for figures that came late.
        """
        at = event_time(self.env)
        companies = self.env["res.company"].search(Domain.TRUE)
        work = [
            (company, month)
            for company in companies
            for month in self._months_to_judge(company, at)
        ]
        self.env["ir.cron"]._commit_progress(remaining=len(work))
        for company, month in work:
            self._judge(company, month)
            # As superuser: the job's own mark on the company.
            company.sudo().vip_lifecycle_month = month
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _months_to_judge(self, company, at):
        last = add_months(company._vip_month(at), -1)
        # As superuser: the job's own mark on the company.
        month = company.sudo().vip_lifecycle_month or self._first_month(company)
        months = []
        while month and month <= last:
            months.append(month)
            month = add_months(month, 1)
        return months

    def _first_month(self, company):
        """Return the first month that ``company`` has figures of, or None."""
        self.env["vip.activity"].flush_model()
        [[month]] = self.env.execute_query(
            SQL("SELECT %s", edge_month_sql(company.id, "min"))
        )
        return month

    # Merging

    @api.model
    def _forget(self, partners):
        """Delete the states of these partners; return whether there were any."""
        states = self.search([("partner_id", "in", partners.ids)])
        found = bool(states)
        states.unlink()
        return found

    @api.model
    def _judge_again(self, client):
        """Derive the whole history of ``client`` anew from its figures.

        The states of merged clients do not add up.
        """
        self._forget(client)
        # As superuser: a merge reaches the figures of every company.
        for company in self.env["res.company"].sudo().search(Domain.TRUE):
            month = self._first_month(company)
            last = company.vip_lifecycle_month
            while month and last and month <= last:
                self._judge(company, month, client)
                month = add_months(month, 1)
