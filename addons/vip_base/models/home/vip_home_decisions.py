from odoo import api, models, tools
from odoo.fields import Domain

from ...tools.tile import MANAGERS, Tile


class VipDecisionMixin(models.AbstractModel):
    """What waits for a second person, on the home of those who decide."""

    _inherit = "vip.decision.mixin"

    #: xmlid of the window that lists them; None: they stand on no home.
    _decisions_action = None
    #: Field that says since when one waits.
    _decisions_since = "proposed_at"

    @api.model
    def _decision_parts(self):
        """Return what is at stake in those that wait (``Part`` of ``tools/tile.py``)."""
        return ()

    @api.model
    def _awaiting_domain(self):
        """Return the domain of what waits for a decision of others than who proposed it."""
        waiting = Domain("state", "in", list(self._undecided))
        if self._proposer_field:
            own = self.env.user._same_person().ids
            waiting &= Domain(self._proposer_field, "not in", own)
        return waiting


class VipHome(models.AbstractModel):
    _inherit = "vip.home"

    @api.model
    def _decision_tiles(self):
        """Return a line for each model of decisions that names its window."""
        models = [
            self.env[name]
            for name, model in sorted(self.env.registry.items())
            if not model._abstract and getattr(model, "_decisions_action", None)
        ]
        names = self._window_names([model._decisions_action for model in models])
        return [
            Tile(
                key=f"decisions/{model._name}",
                label=names[model._decisions_action],
                roles=MANAGERS,
                model=model._name,
                which=model._awaiting_domain,
                action=model._decisions_action,
                oldest=model._decisions_since,
                parts=model._decision_parts(),
                card="decisions",
            )
            for model in models
        ]

    @api.model
    @tools.ormcache("self.env.lang", "tuple(xmlids)")
    def _window_names(self, xmlids):
        """Return {xmlid: name} of windows; the host forgets it when one changes."""
        ids = self.env["ir.model.data"]._xmlid_to_res_id
        # As superuser: only their names.
        windows = self.env["ir.actions.act_window"].sudo()
        windows = windows.browse(ids(xmlid) for xmlid in xmlids)
        return dict(zip(xmlids, windows.mapped("name"), strict=True))
