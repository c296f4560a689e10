from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.vip_base.tools.sql import NamesMany2one

from .figure.vip_figure import CARD


class ScoreCardTemplate(models.Model):
    """What a month's scorecard weighs, from a month on (REQUIREMENTS P4).

    A closed scorecard keeps what it was made with.
    """

    _name = "score.card.template"
    _description = "Scorecard Template"
    _order = "date_from desc, company_id, id desc"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = NamesMany2one("res.company", help="Empty: every company.")
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
    key = fields.Selection(
        lambda self: self.env["vip.figure"]._serving(CARD),
        string="Figure",
        required=True,
    )
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
