from dataclasses import asdict

from psycopg2.extras import Json

from odoo import api, models
from odoo.tools import SQL

from ..engine.scorecard import Component, appraise

#: What must have been counted for a figure to have a value.
MEASURED_BY = {
    "satisfaction": ("rated_count",),
    "timeliness": ("met_count", "missed_count"),
    "solving": ("kept_count", "open_count"),
    "quality": ("review_count",),
}
#: A team is measured by these per agent, as its agents are.
PER_AGENT = ("volume", "total")


class ScoreCardScore(models.AbstractModel):
    """From the figures to one score, by the template of the month (REQUIREMENTS P4)."""

    _inherit = "score.card.mixin"

    @api.model
    def _refresh_scores(self, company, month, bearer_ids=None):
        """Score the open cards of a month from the figures that they have.

        :param bearer_ids: only these agents' (teams'); None: everybody's
        """
        template = self.env["score.card.template"]._in_force(company, month)
        frozen = template._frozen() if template else {}
        cards = self.sudo().search(self._open_domain(company, month, bearer_ids))
        rows = [card._scored_row(frozen) for card in cards]
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """
UPDATE %(table)s card
   SET score = row.score, is_scored = row.score IS NOT NULL, template_id = %(template)s,
       details = card.details || row.details
  FROM (VALUES %(rows)s) row (id, score, details)
 WHERE card.id = row.id
                """,
                table=SQL.identifier(self._table),
                template=template.id or None,
                rows=SQL(", ").join(
                    SQL("(%s, %s::numeric, %s::jsonb)", card_id, score, Json(details))
                    for card_id, score, details in rows
                ),
            )
        )
        self.invalidate_model()

    def _open_domain(self, company, month, bearer_ids):
        domain = [
            ("company_id", "=", company.id),
            ("month", "=", month),
            ("state", "=", "draft"),
        ]
        if bearer_ids is not None:
            domain.append((self._bearer, "in", bearer_ids))
        return domain

    def _scored_row(self, frozen):
        """Return ``(id, score, what it was made of)`` of one card."""
        components = self._components(frozen)
        score, parts = appraise(components)
        details = {
            "template": frozen,
            "parts": [
                {**asdict(component), **asdict(part)}
                for component, part in zip(components, parts, strict=True)
            ],
        }
        return self.id, score, details

    def _components(self, frozen):
        return [
            Component(value=self._measured(component["key"]), **component)
            for component in frozen.get("components", ())
        ]

    def _measured(self, key):
        """Return the value of a figure, None where nothing was measured."""
        counts = MEASURED_BY.get(key)
        if counts and not any(self[count] for count in counts):
            return None
        value = self[key]
        if key in PER_AGENT:
            value /= self._agent_count()
        return round(value, 4)

    def _agent_count(self):
        """Return among how many agents the card's sums are shared."""
        return 1
