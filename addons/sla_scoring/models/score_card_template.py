from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ScoreCardTemplate(models.Model):
    """What a month's scorecard weighs, from a month on (REQUIREMENTS P4).

    A closed scorecard keeps what it was made with.
    """

    _name = "score.card.template"
    _description = "Scorecard Template"
    _order = "date_from desc, company_id, id desc"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: every company.")
    date_from = fields.Date(
        string="From the month of",
        required=True,
        help="Scorecards of this month and later ones, until another template begins.",
    )
    min_tickets = fields.Integer(
        string="Ranked from (tickets)",
        default=5,
        help="Who solved fewer tickets in the month is shown, but not ranked.",
    )
    component_ids = fields.One2many(
        "score.card.component", "template_id", string="Components", copy=True
    )

    _min_tickets_positive = models.Constraint(
        "CHECK (min_tickets >= 0)", "The number of tickets cannot be negative."
    )

    @api.constrains("component_ids")
    def _check_weights(self):
        for template in self:
            if not sum(template.component_ids.mapped("weight")):
                raise ValidationError(
                    self.env._("A scorecard needs a component with a weight.")
                )

    @api.model
    def _in_force(self, company, month):
        """Return the template of a company's month: its own comes before a shared one.

        :param month: first day of the month
        """
        # As superuser: everybody's card follows the same template.
        known = self.sudo().search(
            Domain("company_id", "in", [False, company.id])
            & Domain("date_from", "<=", month)
        )
        own = known.filtered("company_id")
        return (own or known)[:1]

    def _frozen(self):
        """Return what a card keeps of its template."""
        return {
            "id": self.id,
            "name": self.name,
            "min_tickets": self.min_tickets,
            "components": [
                {
                    "key": component.key,
                    "weight": component.weight,
                    "floor": component.floor,
                    "target": component.target,
                }
                for component in self.component_ids
            ],
        }
