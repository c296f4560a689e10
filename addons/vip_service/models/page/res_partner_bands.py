from odoo import models

from odoo.addons.vip_base.tools.times import first_day, last_months

from ...engine.standing import measured, reached
from ...tools.figures_sql import criteria_of
from .res_partner_activity import CHART_MONTHS

#: What is told of figures that are secret is a step of so many per cent.
STEP = 10


class ResPartner(models.Model):
    """How a client stands, for who may not see its figures: steps, no amounts."""

    _inherit = "res.partner"

    def _client_360_bands(self):
        """Return how far the next tier is, whether the present one is at risk and which
        way the figures went, in steps of ten per cent.

        Of a client that is judged together with others only the last is told.
        """
        figures = self._client_360_figures()
        months = last_months(figures["last"], CHART_MONTHS)
        today = self._client_360_today()
        rungs, _gone = self.env["vip.ladder.version"]._judging(
            self.env.company, today, today
        )
        values = {
            metric["id"]: [figures["facts"].get((metric["id"], m)) for m in months]
            for metric in figures["metrics"]
        }
        # The end of the present month is not yet: the tier of today.
        [held] = self._client_360_held(
            figures["memberships"], [first_day(today)], rungs, today
        )
        told = {"next": False, "percent": False, "at_risk": False}
        if rungs and not figures["grouped"]:
            told = self._bands_of_tiers(rungs, held["id"], values)
        return {"bands": _bands(values.values()), **told}

    def _bands_of_tiers(self, rungs, tier_id, values):
        place = next(p for p, rung in enumerate(rungs) if rung["id"] == tier_id)
        above = [rung for rung in rungs[place + 1 :] if self._asks(rung)]
        own = rungs[place]
        percent = (
            reached(self._band_steps(above[0], "qualify", values), above[0]["match"])
            if above
            else 0
        )
        stays = reached(self._band_steps(own, "retain", values), own["match"])
        return {
            "next": above[0]["name"] if above else False,
            "percent": _step(percent),
            "at_risk": bool(place) and stays < 100,
        }

    def _asks(self, rung):
        return criteria_of(rung, self.client_type)

    def _band_steps(self, rung, threshold, values):
        return [
            (
                measured(
                    values.get(criterion["metric_id"], []),
                    criterion["window_months"],
                    criterion["aggregate"],
                ),
                criterion[threshold],
            )
            for criterion in self._asks(rung)
        ]


def _bands(series):
    """Return the first series that has values as shares of its highest, in steps.

    >>> _bands([[None, None], [50, 100]]), _bands([[None]])
    ([50, 100], [])
    """
    for values in series:
        highest = max((value or 0 for value in values), default=0)
        if highest > 0:
            return [_step(100 * max(value or 0, 0) / highest) for value in values]
    return []


def _step(percent):
    """Return a percentage as a step that says no figure.

    >>> _step(94.1), _step(9), _step(100), _step(99.9)
    (90, 0, 100, 90)
    """
    return int(percent // STEP) * STEP
