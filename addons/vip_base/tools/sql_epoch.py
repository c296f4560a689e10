"""Instants as the plain code reads them: epoch seconds."""

from odoo.tools import SQL


def epoch(column):
    """Return the SQL for a timestamp column in epoch seconds."""
    return SQL("EXTRACT(EPOCH FROM %s)::bigint", SQL(column))
