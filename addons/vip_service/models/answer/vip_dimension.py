from odoo import api, fields, models
from odoo.exceptions import UserError


class VipDimension(models.Model):
    """What a client may grade beside the whole: attitude, efficiency, professionalism.

    One that is archived is not asked for any more; what was answered keeps its name.
    """

    _name = "vip.dimension"
    _description = "Dimension of an Answer"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="The column of this name in a file of answers."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex("(code)", "Another dimension has this code.")
    _code_plain = models.Constraint(
        "CHECK (code ~ '^[a-z][a-z0-9_]*$')",
        "A code has small letters, digits and “_”, and begins with a letter.",
    )
    _code_free = models.Constraint(
        "CHECK (code NOT IN ('ticket', 'ticket_id', 'answered_at', 'grade', 'channel',"
        " 'source', 'words', 'line', 'flaw', 'at', 'reason', 'known', 'question_id',"
        " 'closed_at', 'user_id', 'team_id', 'category_id'))",
        "A file of answers has another column of this name.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_graded(self):
        """Keep what clients have graded: their answers name it."""
        # As superuser: whether anybody has, whoever may read the answers.
        grades = self.env["vip.answer.grade"].sudo()
        graded = grades.search([("dimension_id", "in", self.ids)], limit=1)
        if graded:
            raise UserError(
                self.env._(
                    "Clients have graded “%s”. Archive it instead of deleting it.",
                    graded.dimension_id.name,
                )
            )
