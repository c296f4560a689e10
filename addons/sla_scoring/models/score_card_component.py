from odoo import api, fields, models

#: The figures that a card may weigh; a field of that name holds the value.
COMPONENTS = [
    ("satisfaction", "Satisfaction %"),
    ("timeliness", "Timeliness %"),
    ("volume", "Tickets solved"),
    ("solving", "Problem solving %"),
    ("quality", "Quality %"),
    ("total", "Points"),
]


class ScoreCardComponent(models.Model):
    """One figure of the scorecard: a straight line from its floor to its target."""

    _name = "score.card.component"
    _description = "Scorecard Component"
    _order = "template_id, sequence, id"
    _rec_name = "key"

    template_id = fields.Many2one(
        "score.card.template", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="template_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    key = fields.Selection(COMPONENTS, string="Figure", required=True)
    weight = fields.Float(required=True, digits=(6, 2))
    floor = fields.Float(
        string="Worth 0 at", required=True, digits=(8, 2), help="And whatever is worse."
    )
    target = fields.Float(
        string="Worth 100 at",
        required=True,
        digits=(8, 2),
        help="And whatever is better. Between the two the line is straight.",
    )

    _key_uniq = models.UniqueIndex(
        "(template_id, key)", "Each figure counts once in a scorecard."
    )
    _weight_positive = models.Constraint(
        "CHECK (weight >= 0)", "A weight cannot be negative."
    )
    _line = models.Constraint(
        "CHECK (floor <> target)",
        "What is worth 0 and what is worth 100 cannot be the same.",
    )

    @api.constrains("weight")
    def _check_weights(self):
        self.template_id._check_weights()
