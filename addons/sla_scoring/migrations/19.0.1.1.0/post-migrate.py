"""The KPIs of months that are over go where the figures of all addons are kept."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Move what was kept, and what a company changed about the job."""
    cr.execute("UPDATE score_kpi SET key = 'solving' WHERE key = 'solved'")
    cr.execute("SELECT to_regclass('score_kpi_month')")
    if cr.fetchone()[0]:
        # Of how many a figure was is not known any more: the tickets stand for it.
        cr.execute(
            """
            INSERT INTO vip_figure_month (company_id, key, month, dimension, record_id,
                   value, of_count, about_count)
            SELECT company_id, CASE key WHEN 'solved' THEN 'solving' ELSE key END, month,
                   CASE scope WHEN 'company' THEN ''
                        ELSE split_part(scope, '-', 1) || '_id' END,
                   COALESCE(NULLIF(split_part(scope, '-', 2), '')::integer, 0),
                   value, count, count
              FROM score_kpi_month
                ON CONFLICT DO NOTHING
            """
        )
        # Months that were kept by unit say so.
        cr.execute(
            """
            INSERT INTO vip_figure_month (company_id, key, month, dimension, record_id,
                   of_count, about_count)
            SELECT DISTINCT company_id, key, month, dimension, 0, 0, 0
              FROM vip_figure_month WHERE dimension = 'unit_id'
                ON CONFLICT DO NOTHING
            """
        )
    env = api.Environment(cr, SUPERUSER_ID, {})
    old = env.ref("sla_scoring.score_cron_kpi", raise_if_not_found=False)
    if old:
        env.ref("vip_base.vip_figure_cron_keep").write(
            {
                name: old[name]
                for name in ("active", "interval_number", "interval_type", "nextcall")
            }
        )
        old.unlink()
