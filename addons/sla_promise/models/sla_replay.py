"""Where a what-if is replayed, clocks are read from and written to its ledger.

One place for all of it: these are the reading and writing ends of the clocks' own code,
and leaving one out would let a what-if write to real clocks.
"""

from odoo import api, models

from ..engine.matching import promises_of
from ..engine.replay import replayed
from ..engine.rounds import Course
from ..engine.verdicts import Terms
from .sla_clock_store import INSERTED, JUDGED, Live


class SlaClock(models.Model):
    _inherit = "sla.clock"

    @api.model
    def _live(self, ticket_ids):
        ledger = replayed(self.env)
        if ledger is None:
            return super()._live(ticket_ids)
        return [_as_live(clock) for clock in ledger.live(ticket_ids)]

    @api.model
    def _lapsed(self, ticket_ids):
        ledger = replayed(self.env)
        if ledger is None:
            return super()._lapsed(ticket_ids)
        return [_as_live(clock) for clock in ledger.lapsed(ticket_ids)]

    @api.model
    def _update(self, rows):
        ledger = replayed(self.env)
        if ledger is None:
            return super()._update(rows)
        return ledger.update(rows, JUDGED)

    @api.model
    def _replace(self, cancelled, rows):
        ledger = replayed(self.env)
        if ledger is None:
            return super()._replace(cancelled, rows)
        return ledger.replace(cancelled, rows, tuple(INSERTED))

    @api.model
    def _waive(self, matches):
        if replayed(self.env) is None:
            return super()._waive(matches)
        return None

    @api.model
    def _worktime_of(self, company_id, calendar_id, start, known):
        ledger = replayed(self.env)
        if ledger is not None:
            known = ledger.worktimes
        return super()._worktime_of(company_id, calendar_id, start, known)

    @api.model
    def _new_terms(self, *args):
        """Nobody is told: of the levels only the first one counts, which warns."""
        terms = super()._new_terms(*args)
        if replayed(self.env) is None:
            return terms
        return terms._replace(level_ids=terms.level_ids[:1], levels=terms.levels[:1])

    @api.model
    def _outage_facts(self, clocks):
        ledger = replayed(self.env)
        if ledger is None:
            return super()._outage_facts(clocks)
        written = {
            clock.id: tuple(
                ledger.clocks[clock.id][name] for name in ("due_at", "overrun_seconds")
            )
            for clock in clocks
        }
        return written, ledger.responded({clock.ticket_id for clock in clocks})


class SlaBreach(models.Model):
    _inherit = "sla.breach"

    @api.model
    def _record(self, clock_ids):
        ledger = replayed(self.env)
        if ledger is None:
            return super()._record(clock_ids)
        return ledger.record(clock_ids)

    @api.model
    def _withdraw(self, clock_ids):
        ledger = replayed(self.env)
        if ledger is None:
            return super()._withdraw(clock_ids)
        return ledger.withdraw(clock_ids)

    @api.model
    def _follow_outages(self, clock_ids):
        if replayed(self.env) is None:
            return super()._follow_outages(clock_ids)
        return None


class SlaSpan(models.Model):
    _inherit = "sla.span"

    @api.model
    def _timelines(self, ticket_ids):
        ledger = replayed(self.env)
        if ledger is None:
            return super()._timelines(ticket_ids)
        return ledger.timelines(ticket_ids)

    @api.model
    def _opening(self, change):
        ledger = replayed(self.env)
        if ledger is None:
            return super()._opening(change)
        return ledger.opening(change)

    @api.model
    def _present(self, ticket_ids, at):
        ledger = replayed(self.env)
        if ledger is None:
            return super()._present(ticket_ids, at)
        return ledger.present(ticket_ids, at)


class VipContact(models.Model):
    _inherit = "vip.contact"

    @api.model
    def _of(self, ticket_ids):
        ledger = replayed(self.env)
        if ledger is None:
            return super()._of(ticket_ids)
        return ledger.contacts(ticket_ids)


class SlaMatch(models.Model):
    _inherit = "sla.match"

    @api.model
    def _keep(self, known, waives):
        if replayed(self.env) is None:
            return super()._keep(known, waives)
        return {facts: promises_of(found, waives) for facts, found in known.items()}


class SlaPolicy(models.Model):
    _inherit = "sla.policy"

    @api.model
    def _ruleset(self):
        ledger = replayed(self.env)
        return super()._ruleset() if ledger is None else ledger.ruleset

    @api.model
    def _extra_facts(self, ticket_ids, ruleset):
        """Read them once for all tickets; the type is that of the client of by now."""
        ledger = replayed(self.env)
        if ledger is None:
            return super()._extra_facts(ticket_ids, ruleset)
        if ledger.extras is None:
            ledger.extras = super()._extra_facts(list(ledger.pasts), ruleset)
        if "client_type" not in ruleset.uses:
            return ledger.extras
        return {
            ticket_id: (ledger.stretch(ticket_id).client_type, *facts[1:])
            for ticket_id in ticket_ids
            if (facts := ledger.extras.get(ticket_id))
        }


def _as_live(clock):
    """Return a clock of a ledger as it would be read from the database."""
    began = clock["began_at"]
    return Live(
        clock["id"],
        clock["ticket_id"],
        clock["company_id"],
        clock["target_id"],
        clock["calendar_id"],
        clock["tier_id"],
        clock["partner_id"],
        bool(clock["key_client"]),
        clock["round"],
        clock["state"],
        clock["stopped_at"],
        tuple(clock["level_at"] or ()),
        clock["levels_fired"] or 0,
        Terms(
            clock["metric"],
            clock["started_at"],
            clock["seconds"],
            bool(clock["pause_on_client"]),
            bool(clock["pause_on_third_party"]),
            tuple(clock["level_ids"] or ()),
            tuple(clock["level_offsets"] or ()),
            clock["started_at"] if began is None else began,
            Course(bool(clock["from_solving"]), bool(clock["new_on_reopening"])),
            bool(clock["pause_on_outage"]),
        ),
    )
