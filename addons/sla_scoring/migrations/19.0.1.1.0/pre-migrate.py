"""Scorecards keep all their figures in one place, also those that were closed before."""

from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows


def migrate(cr, version):
    """Write down in old cards what their columns say; ``init`` freezes them again."""
    for table in ("score_card", "score_team_card"):
        frozen_rows.thaw(cr, table)
        cr.execute(
            SQL(
                """
                UPDATE %s
                   SET details = COALESCE(details, '{}') || jsonb_build_object(
                       'figures', jsonb_build_object(
                       'volume', jsonb_build_object('value', volume, 'of', volume),
                       'timeliness', jsonb_build_object('value', timeliness,
                           'part', met_count, 'of', met_count + missed_count),
                       'satisfaction', jsonb_build_object('value', satisfaction,
                           'part', satisfied_count, 'of', rated_count),
                       'solving', jsonb_build_object('value', solving,
                           'part', kept_count, 'of', kept_count + open_count),
                       'quality', jsonb_build_object('value', quality,
                           'of', review_count)))
                 WHERE details -> 'figures' IS NULL
                """,
                SQL.identifier(table),
            )
        )
