from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import event_time, first_day
from odoo.addons.vip_service.models.answer.vip_question import OLDEST
from odoo.addons.vip_service.models.res_partner import client_of

from .vip_question_plan import CLOSING, RELATION

#: What was noticed late may have been closed before what was looked at last.
OVERLAP = timedelta(days=1)


class VipQuestion(models.Model):
    """Who is asked: one statement for any number of closings, and for all clients.

    The rule, which ``tests/plain_rule.py`` says again in plain Python. Of each closing the
    first plan that fits decides, in the order of the list. Nobody is asked who wants no
    questions, has no address, has an open complaint, or was asked within the rest of the
    company or of the plan.
    Of what is looked at together a client is asked about the first closing only, where
    there is a rest. Of those a plan asks, in the order of closing, no more of a tier in a
    month than its quota. What is not asked is written down with its reason.
    """

    _inherit = "vip.question"

    @api.model
    def _cron_plan(self):
        """Let plans ask, company by company."""
        at = event_time(self.env)
        cron = self.env["ir.cron"]
        # As superuser: the job asks for all companies.
        plans = self.env["vip.question.plan"].sudo().search([("active", "=", True)])
        cron._commit_progress(remaining=len(plans.company_id))
        for company in plans.company_id:
            self.sudo()._plan_closings(company, at)
            self.sudo()._plan_relation(company, at)
            if not cron._commit_progress(1):
                break

    @api.model
    def _plan_closings(self, company, at):
        """Write down questions about the closings of a company since the last look.

        :param at: naive UTC, when they are asked
        :return: how many are to be asked, how many are not
        """
        since = at - OLDEST
        if company.vip_planned_until:
            since = max(since, company.vip_planned_until - OVERLAP)
        company.vip_planned_until = at
        self.env.flush_all()
        return self._plan(company, at, self._closings_sql(company, since, at), CLOSING)

    @api.model
    def _plan_relation(self, company, at):
        """Write down questions to the clients of a company whose rest is over."""
        self.env.flush_all()
        return self._plan(company, at, self._relations_sql(company, at), RELATION)

    @api.model
    def _plan(self, company, at, candidates, purpose):
        """Write down a question for each candidate, to be asked or not.

        :param candidates: ``SELECT`` of ticket_id, at, user_id, team_id, category_id,
            asked_id, client_id and the plan: plan_id, rest, template_id
        """
        [(asked, dropped)] = self.env.execute_query(
            SQL(
                """
          WITH planned AS (
        INSERT INTO vip_question (
               purpose, ticket_id, asked_partner_id, partner_id, company_id, user_id,
               team_id, category_id, tier_id, closed_at, recorded_at, state, not_asked,
               lang, template_id, plan_id, try_at, tries, mails, expires_at)
        SELECT %(purpose)s, ticket_id, asked_id, client_id, %(company)s, user_id,
               team_id, category_id, tier_id, at, %(at)s,
               CASE WHEN bar IS NULL THEN 'waiting' ELSE 'dropped' END, bar,
               lang, template_id, plan_id, %(at)s, 0, 0, %(at)s + %(days)s
          FROM (%(judged)s) judged
         ORDER BY at, ticket_id, client_id
            ON CONFLICT (ticket_id, closed_at) DO NOTHING
     RETURNING state)
        SELECT count(*) FILTER (WHERE state = 'waiting'),
               count(*) FILTER (WHERE state = 'dropped')
          FROM planned
                """,
                purpose=purpose,
                company=company.id,
                at=at,
                days=timedelta(days=company.vip_answer_days),
                judged=self._judged_sql(company, at, candidates),
            )
        )
        if asked:
            # As superuser: the job is woken, whoever planned.
            self.env.ref("vip_service.ir_cron_question").sudo()._trigger()
        return asked, dropped

    # ------------------------------------------------------------------
    # Who could be asked
    # ------------------------------------------------------------------

    @api.model
    def _closings_sql(self, company, since, at):
        """Return the ``SELECT`` of the closings that a plan could ask about."""
        return SQL(
            """
            SELECT s.ticket_id, s.start AS at, s.user_id, s.team_id, s.category_id,
                   t.partner_id AS asked_id, %(client)s AS client_id,
                   plan.id AS plan_id, plan.rest_days AS rest, plan.template_id
              FROM sla_span s
              JOIN helpdesk_ticket t ON t.id = s.ticket_id
              JOIN res_partner p ON p.id = t.partner_id
              JOIN LATERAL (%(plan)s) plan ON TRUE
             WHERE s.solved AND s.cancels IS NOT TRUE
               AND s.start > %(since)s AND s.start <= %(at)s
               AND t.company_id = %(company)s
               AND NOT EXISTS (SELECT FROM helpdesk_ticket_team voice
                                WHERE voice.id = s.team_id AND voice.vip_is_voice)
               AND (SELECT before.solved FROM sla_span before
                     WHERE before.ticket_id = s.ticket_id AND before.start < s.start
                     ORDER BY before.start DESC LIMIT 1) IS NOT TRUE
               AND NOT EXISTS (SELECT FROM vip_question q
                                WHERE q.ticket_id = s.ticket_id
                                  AND q.closed_at >= s.start)
            """,
            client=client_of("p"),
            plan=self._plan_sql(CLOSING),
            since=since,
            at=at,
            company=company.id,
        )

    @api.model
    def _plan_sql(self, purpose):
        """Return the ``SELECT`` of the first plan that fits a closing ``s`` of ``t``."""

        def fits(field, column):
            relation = self.env["vip.question.plan"]._fields[field]
            return SQL(
                "(NOT EXISTS (SELECT FROM %(table)s WHERE %(plan)s = plan.id)"
                " OR EXISTS (SELECT FROM %(table)s WHERE %(plan)s = plan.id"
                " AND %(named)s = %(column)s))",
                table=SQL.identifier(relation.relation),
                plan=SQL.identifier(relation.column1),
                named=SQL.identifier(relation.column2),
                column=column,
            )

        relation = self.env["vip.question.plan"]._fields["category_ids"]
        return SQL(
            """
            SELECT plan.id, plan.rest_days, plan.template_id
              FROM vip_question_plan plan
             WHERE plan.active AND plan.purpose = %(purpose)s
               AND plan.company_id = t.company_id AND plan.date_from <= s.start
               AND %(team)s AND %(channel)s
               AND (NOT EXISTS (SELECT FROM %(items)s WHERE %(plan)s = plan.id)
                    OR EXISTS (SELECT FROM %(items)s
                                 JOIN helpdesk_ticket_category named
                                   ON named.id = %(item)s
                                 JOIN helpdesk_ticket_category own
                                   ON own.id = s.category_id
                                WHERE %(plan)s = plan.id
                                  AND starts_with(own.parent_path, named.parent_path)))
             ORDER BY plan.sequence, plan.id LIMIT 1
            """,
            purpose=purpose,
            team=fits("team_ids", SQL("s.team_id")),
            channel=fits("channel_ids", SQL("t.channel_id")),
            items=SQL.identifier(relation.relation),
            plan=SQL.identifier(relation.column1),
            item=SQL.identifier(relation.column2),
        )

    @api.model
    def _relations_sql(self, company, at):
        """Return the ``SELECT`` of the clients that a plan could ask about the relation.

        Whose rest is not over is no candidate: else each run would write them down.
        """
        return SQL(
            """
            SELECT NULL::integer AS ticket_id, %(at)s::timestamp AS at,
                   NULL::integer AS user_id, NULL::integer AS team_id,
                   NULL::integer AS category_id, p.id AS asked_id, p.id AS client_id,
                   plan.id AS plan_id, plan.rest_days AS rest, plan.template_id
              FROM res_partner p
              JOIN LATERAL (
                   SELECT plan.id, plan.rest_days, plan.template_id
                     FROM vip_question_plan plan
                    WHERE plan.active AND plan.purpose = %(purpose)s
                      AND plan.company_id = %(company)s AND plan.date_from <= %(at)s
                    ORDER BY plan.sequence, plan.id LIMIT 1) plan ON TRUE
             WHERE p.client_type IS NOT NULL AND p.active
               AND p.vip_no_questions IS NOT TRUE
               AND NOT EXISTS (
                   SELECT FROM vip_complaint f
                    WHERE f.partner_id = p.commercial_partner_id
                      AND f.company_id = %(company)s AND f.closed_at IS NULL)
               AND COALESCE(p.email_normalized, '') <> ''
               AND (p.company_id IS NULL OR p.company_id = %(company)s)
               AND NOT EXISTS (
                   SELECT FROM vip_question q
                    WHERE q.partner_id = p.id AND q.company_id = %(company)s
                      AND ((q.plan_id = plan.id
                            AND q.closed_at > %(at)s - plan.rest_days * interval '1 day')
                           OR (q.state <> 'dropped' AND q.purpose IN ('closing', 'relation')
                               AND COALESCE(q.asked_at, q.closed_at)
                                   > %(at)s - %(rest)s)))
            """,
            at=at,
            purpose=RELATION,
            company=company.id,
            rest=timedelta(days=company.vip_question_rest),
        )

    # ------------------------------------------------------------------
    # Who is asked
    # ------------------------------------------------------------------

    @api.model
    def _judged_sql(self, company, at, candidates):
        """Return the candidates with ``bar``: why one is not asked, NULL if it is."""
        month = first_day(company._vip_local_date(at))
        month_from, month_to = company._vip_month_limits(month)
        return SQL(
            """
            WITH known AS MATERIALIZED (
                SELECT c.*, person.lang, %(tier)s AS tier_id, %(bar)s AS bar
                  FROM (%(candidates)s) c
                  JOIN res_partner person ON person.id = c.asked_id
                  JOIN res_partner client ON client.id = c.client_id),
            placed AS (
                SELECT k.*,
                       row_number() OVER (PARTITION BY k.client_id, k.bar IS NULL
                                          ORDER BY k.at, k.ticket_id) AS of_client,
                       row_number() OVER (PARTITION BY k.client_id, k.plan_id,
                                          k.bar IS NULL
                                          ORDER BY k.at, k.ticket_id) AS of_plan
                  FROM known k),
            rested AS (
                SELECT p.ticket_id, p.at, p.user_id, p.team_id, p.category_id,
                       p.asked_id, p.client_id, p.plan_id, p.template_id, p.lang,
                       p.tier_id,
                       CASE WHEN p.bar IS NOT NULL THEN p.bar
                            WHEN %(rest)s > 0 AND p.of_client > 1 THEN 'too_soon'
                            WHEN p.rest > 0 AND p.of_plan > 1 THEN 'too_soon'
                        END AS bar
                  FROM placed p),
            counted AS (
                SELECT r.*, quota.most, row_number() OVER (
                           PARTITION BY r.plan_id, r.tier_id, r.bar IS NULL
                           ORDER BY r.at, r.ticket_id, r.client_id) AS place,
                       CASE WHEN quota.most IS NOT NULL THEN
                           (SELECT count(*) FROM vip_question q
                             WHERE q.plan_id = r.plan_id AND q.tier_id = r.tier_id
                               AND q.state <> 'dropped'
                               AND q.recorded_at >= %(month_from)s
                               AND q.recorded_at < %(month_to)s) END AS used
                  FROM rested r
                  LEFT JOIN vip_question_quota quota
                    ON quota.plan_id = r.plan_id AND quota.tier_id = r.tier_id)
            SELECT n.ticket_id, n.at, n.user_id, n.team_id, n.category_id, n.asked_id,
                   n.client_id, n.plan_id, n.template_id, n.lang, n.tier_id,
                   CASE WHEN n.bar IS NULL AND n.used + n.place > n.most THEN 'quota'
                        ELSE n.bar END AS bar
              FROM counted n
            """,
            candidates=candidates,
            tier=self.env["vip.occurrence"]._tier(
                SQL("c.asked_id"), company, SQL("c.at")
            ),
            bar=self._bar_sql(company, at),
            rest=company.vip_question_rest,
            month_from=month_from,
            month_to=month_to,
        )

    @api.model
    def _bar_sql(self, company, at):
        """Return the SQL of why the candidate ``c`` is not asked at all; NULL: nothing bars.

        Of ``client`` and ``person``, the one who would be asked.
        """
        return SQL(
            """
            CASE WHEN COALESCE(person.email_normalized, '') = '' THEN 'no_address'
                 WHEN person.vip_no_questions OR client.vip_no_questions
                 THEN 'opted_out'
                 WHEN EXISTS (
                      SELECT FROM vip_complaint f
                       WHERE f.partner_id = client.commercial_partner_id
                         AND f.company_id = %(company)s AND f.closed_at IS NULL)
                 THEN 'complaint'
                 WHEN EXISTS (
                      SELECT FROM vip_question q
                       WHERE q.partner_id = c.client_id AND q.company_id = %(company)s
                         AND q.state <> 'dropped'
                         AND q.purpose IN ('closing', 'relation')
                         AND (COALESCE(q.asked_at, q.closed_at) > %(at)s - %(rest)s
                              OR q.plan_id = c.plan_id
                                 AND COALESCE(q.asked_at, q.closed_at)
                                     > %(at)s - c.rest * interval '1 day'))
                 THEN 'too_soon'
             END""",
            company=company.id,
            at=at,
            rest=timedelta(days=company.vip_question_rest),
        )
