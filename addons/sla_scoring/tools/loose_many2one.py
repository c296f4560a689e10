"""A many2one that keeps its value when the record it names is deleted."""

from odoo import fields


class LooseMany2one(fields.Many2one):
    """Many2one without a foreign key.

    For tables that grow with every event: a timeline must still say which team held
    a ticket after the team is deleted, a key costs time on every row inserted, and a
    merge of partners must leave the old value in place so that the difference shows.
    """

    def update_db_foreign_key(self, model, column):
        """Make no foreign key."""
