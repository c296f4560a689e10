def migrate(cr, version):
    """Numbers of errors are unique among those that stand, no longer among all.

    Reversals posted before count as they did: wholly, in the month that they are in.
    """
    cr.execute("DROP INDEX IF EXISTS score_entry__ordinal_uniq")
