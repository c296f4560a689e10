from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

LEAVES = "vip_base.resource_calendar_leaves_action_agents"


class Rows(NamedTuple):
    """Rows that a line counts: of which model, which, and what to call them."""

    model: str
    domain: list
    label: str


class Count(NamedTuple):
    """How many rows there are, of how many people, and their points (None: no points)."""

    rows: int
    people: int
    points: float | None


class ScoreCloseCheck(models.Model):
    """What is still open of a month: a list whose lines are read from the data.

    A line is one method that returns its key, its titles while something is ``waiting``
    and when nothing is, the rows that wait for somebody, the rows that tell what was
    done, the action that lists them and what its button is called. An addon adds a line
    by extending `_check_lines`. All lines are counted by one statement.
    """

    _inherit = "score.close"

    @api.model
    def _check_lines(self):
        """Return the names of the methods that say a line each, in order."""
        return [
            "_check_drafts",
            "_check_errors",
            "_check_appeals",
            "_check_contributions",
            "_check_reviews",
            "_check_answers",
            "_check_promises",
            "_check_excuses",
            "_check_asked",
            "_check_leave",
            "_check_outages",
            "_check_reports",
            "_check_asides",
        ]

    def _lines(self):
        """Return the lines of the checklist of this month."""
        self.ensure_one()
        return [getattr(self, name)() for name in self._check_lines()]

    # The lines

    def _check_drafts(self):
        domain = self._draft_domain() & ~self._second_look_domain()
        return {
            "key": "drafts",
            "waiting": self.env._("Draft point entries"),
            "done": self.env._("Points posted"),
            "open": {"drafts": Rows("score.entry", domain, self.env._("drafts"))},
            "told": {
                "posted": Rows(
                    "score.entry", self._posted_domain(), self.env._("posted")
                )
            },
            "action": "sla_scoring.score_entry_action",
            "button": self.env._("Decide these"),
        }

    def _check_errors(self):
        """Errors of 20 minutes and more, and critical ones: a manager posts them."""
        domain = self._draft_domain() & self._second_look_domain()
        return {
            "key": "errors",
            "waiting": self.env._("Errors that need a second look"),
            "done": self.env._("Errors looked at"),
            "open": {"errors": Rows("score.entry", domain, self.env._("errors"))},
            "told": {},
            "note": self.env._("20 minutes late and more, and critical reports"),
            "action": "sla_scoring.score_entry_action",
            "button": self.env._("Decide these"),
        }

    def _check_appeals(self):
        month = Domain("entry_id.month", "=", self.month)
        month &= Domain("company_id", "=", self.company_id.id)
        return {
            "key": "appeals",
            "waiting": self.env._("Appeals not decided"),
            "done": self.env._("Appeals decided"),
            "open": {
                "appeals": Rows(
                    "score.appeal",
                    Domain("company_id", "=", self.company_id.id)
                    & Domain("state", "=", "submitted")
                    & Domain("entry_id.period", "<=", self.month),
                    self.env._("to decide"),
                )
            },
            "told": {
                "upheld": Rows(
                    "score.appeal",
                    month & Domain("state", "in", ("upheld", "partly")),
                    self.env._("upheld"),
                ),
                "rejected": Rows(
                    "score.appeal",
                    month & Domain("state", "=", "rejected"),
                    self.env._("rejected"),
                ),
            },
            "action": "sla_scoring.score_appeal_action",
            "button": self.env._("Decide these"),
        }

    def _check_contributions(self):
        happened = self._happened_domain("occurred_at")
        return {
            "key": "contributions",
            "waiting": self.env._("Contributions not decided"),
            "done": self.env._("Contributions decided"),
            "open": {
                "claimed": Rows(
                    "score.contribution",
                    self._until_domain("occurred_at") & Domain("state", "=", "claimed"),
                    self.env._("to decide"),
                )
            },
            "told": self._decided("score.contribution", happened),
            "action": "sla_scoring.score_contribution_action",
            "button": self.env._("Decide these"),
        }

    def _check_reviews(self):
        month = Domain("company_id", "=", self.company_id.id)
        month &= Domain("month", "=", self.month)
        unscored = Domain("company_id", "=", self.company_id.id)
        unscored &= Domain("month", "<=", self.month)
        unscored &= Domain("state", "in", ("to_score", "scored", "disputed"))
        return {
            "key": "reviews",
            "waiting": self.env._("Quality reviews not signed"),
            "done": self.env._("Quality reviews signed"),
            "open": {
                "reviewer": Rows(
                    "score.review", unscored, self.env._("to score or settle")
                ),
                "agent": Rows(
                    "score.review",
                    month & Domain("state", "=", "shown"),
                    self.env._("to be signed by the agent"),
                ),
            },
            "told": {
                "signed": Rows(
                    "score.review",
                    month & Domain("state", "in", ("signed", "settled")),
                    self.env._("signed or settled"),
                )
            },
            "action": "sla_scoring.score_review_action",
            "button": self.env._("Open these"),
        }

    def _check_promises(self):
        missed = self._happened_domain("breached_at")
        unscored = self._until_domain("breached_at") & Domain("state", "=", "open")
        unscored &= Domain("overrun_seconds", ">", 0) & Domain("scored_at", "=", False)
        running = self._until_domain("due_at") & Domain("state", "=", "running")
        return {
            "key": "promises",
            "waiting": self.env._("Promises not judged"),
            "done": self.env._("Promises judged"),
            "open": {
                "running": Rows(
                    "sla.clock", running, self.env._("due without verdict")
                ),
                "unscored": Rows("sla.breach", unscored, self.env._("not charged yet")),
            },
            "told": {
                "kept": Rows(
                    "sla.clock",
                    self._happened_domain("stopped_at") & Domain("state", "=", "met"),
                    self.env._("kept"),
                ),
                "missed": Rows("sla.breach", missed, self.env._("missed")),
            },
            "action": {
                "sla.clock": "sla_promise.sla_clock_action",
                "sla.breach": "sla_promise.sla_breach_action",
            },
            "button": self.env._("Open these"),
        }

    def _check_excuses(self):
        company = Domain("company_id", "=", self.company_id.id)
        start, stop = self._limits()
        until = company & Domain("breach_id.breached_at", "<", stop)
        month = until & Domain("breach_id.breached_at", ">=", start)
        return {
            "key": "excuses",
            "waiting": self.env._("Excuses not decided"),
            "done": self.env._("Excuses decided"),
            "open": {
                "excuses": Rows(
                    "sla.excuse",
                    until & Domain("state", "=", "requested"),
                    self.env._("to decide"),
                )
            },
            "told": self._decided("sla.excuse", month),
            "action": "sla_promise.sla_excuse_action",
            "button": self.env._("Decide these"),
        }

    def _check_asked(self):
        """What may still move a verdict: late contacts, and limits to be extended."""
        contacts = self._until_domain("at") & Domain("state", "=", "proposed")
        extensions = self._until_domain("requested_at")
        extensions &= Domain("state", "=", "requested")
        return {
            "key": "asked",
            "waiting": self.env._("Late contacts and extensions not decided"),
            "done": self.env._("Late contacts and extensions decided"),
            "open": {
                "contacts": Rows(
                    "vip.late.contact", contacts, self.env._("late contacts")
                ),
                "extensions": Rows(
                    "sla.extension", extensions, self.env._("extensions")
                ),
            },
            "told": {},
            "action": {
                "vip.late.contact": "vip_service.vip_late_contact_action",
                "sla.extension": "sla_promise.sla_extension_action",
            },
            "button": self.env._("Decide these"),
        }

    def _check_leave(self):
        """Leave that came too late for points, and leave that was signed in vain.

        What an earlier close was decided with is not asked again.
        """
        # As superuser: which rows earlier closes left out.
        told = (
            self.env["score.close.left"]
            .sudo()
            ._search(
                Domain("line", "=", "leave") & Domain("res_model", "=", "score.entry")
            )
        )
        late = Domain("company_id", "=", self.company_id.id)
        late &= Domain("month", "<=", self.month)
        late &= Domain("leave_came_later", "=", True)
        late &= Domain("id", "not in", told.subselect(SQL("res_id")))
        start, stop = self._limits()
        vain = Domain("company_id", "in", [self.company_id.id, False])
        vain &= Domain("date_from", "<", stop) & Domain("date_to", ">", start)
        vain &= Domain("is_approved_in_vain", "=", True)
        return {
            "key": "leave",
            "waiting": self.env._("Leave that spares nobody"),
            "done": self.env._("Leave taken into account"),
            "open": {
                "late": Rows(
                    "score.entry", late, self.env._("points posted before it")
                ),
                "vain": Rows(
                    "resource.calendar.leaves",
                    vain,
                    self.env._("leaves signed without right"),
                ),
            },
            "told": {},
            "action": {
                "score.entry": "sla_scoring.score_entry_action",
                "resource.calendar.leaves": LEAVES,
            },
            "button": self.env._("Look at these"),
        }

    def _check_outages(self):
        start, stop = self._limits()
        until = Domain("company_ids", "in", self.company_id.ids)
        until &= Domain("date_from", "<", stop)
        month = until & (Domain("date_to", "=", False) | Domain("date_to", ">", start))
        return {
            "key": "outages",
            "waiting": self.env._("Outages not decided"),
            "done": self.env._("Outages decided"),
            "open": {
                "drafts": Rows(
                    "sla.outage",
                    until & Domain("state", "=", "draft"),
                    self.env._("to decide"),
                )
            },
            "told": {
                "declared": Rows(
                    "sla.outage",
                    month & Domain("state", "in", ("declared", "ended")),
                    self.env._("in the month"),
                )
            },
            "action": "sla_promise.sla_outage_action",
            "button": self.env._("Decide these"),
        }

    def _check_reports(self):
        month = self._happened_domain("occurred_at")
        return {
            "key": "reports",
            "waiting": self.env._("Error reports"),
            "done": self.env._("Error reports"),
            "open": {},
            "told": {
                "filed": Rows(
                    "score.error.report",
                    month & Domain("state", "=", "filed"),
                    self.env._("filed"),
                ),
                "withdrawn": Rows(
                    "score.error.report",
                    month & Domain("state", "=", "withdrawn"),
                    self.env._("withdrawn"),
                ),
            },
            "action": "sla_scoring.score_error_report_action",
            "button": "",
        }

    def _check_asides(self):
        """What jobs and closes could not do with one record: nothing of it counts yet."""
        asides = Domain("company_id", "=", self.company_id.id)
        asides &= Domain("state", "=", "open")
        return {
            "key": "asides",
            "waiting": self.env._("Put aside with a reason"),
            "done": self.env._("Nothing put aside"),
            "open": {"asides": Rows("score.aside", asides, self.env._("put aside"))},
            "told": {},
            "action": "sla_scoring.score_aside_action",
            "button": self.env._("Try these again"),
        }

    def _decided(self, model, domain):
        """Return the rows of a model that were approved, and those that were not."""
        labels = {
            "approved": self.env._("approved"),
            "rejected": self.env._("rejected"),
        }
        return {
            state: Rows(model, domain & Domain("state", "=", state), label)
            for state, label in labels.items()
        }

    # Of which month

    def _limits(self):
        return self.company_id._vip_month_limits(self.month)

    def _until_domain(self, field):
        """Return the domain of what happened before the month was over."""
        _start, stop = self._limits()
        return Domain("company_id", "=", self.company_id.id) & Domain(field, "<", stop)

    def _happened_domain(self, field):
        """Return the domain of what happened in the month."""
        start, _stop = self._limits()
        return self._until_domain(field) & Domain(field, ">=", start)

    def _draft_domain(self):
        """Return the domain of the entries that this close would leave out."""
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "=", "draft")
            & Domain("period", "<=", self.month)
        )

    def _posted_domain(self):
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "=", "posted")
            & Domain("month", "=", self.month)
        )

    def _second_look_domain(self):
        return Domain("kind", "=", "error") & Domain("needs_review", "=", True)

    # Counting

    def _counts(self, lines):
        """Return dict of (line, name of the rows) → `Count`, by one statement."""
        found = {
            (line["key"], name): rows
            for line in lines
            for name, rows in {**line["open"], **line["told"]}.items()
        }
        self.env.flush_all()
        counted = self.env.execute_query(
            SQL(" UNION ALL ").join(
                self._counting(*key, rows) for key, rows in found.items()
            )
        )
        return {(line, name): Count(*count) for line, name, *count in counted}

    def _counting(self, line, name, rows):
        query = self.env[rows.model]._search(rows.domain, active_test=False)
        return query.select(
            SQL("%s::text", line),
            SQL("%s::text", name),
            SQL("COUNT(*)"),
            SQL("COUNT(DISTINCT %s)", self._column(rows.model, query, "user_id")),
            SQL("SUM(%s)::float", self._column(rows.model, query, "points")),
        )

    def _column(self, model, query, name):
        """Return the SQL of a column, NULL where the model has none."""
        field = self.env[model]._fields.get(name)
        if field is None or not (field.store and field.column_type):
            return SQL("NULL::integer")
        return SQL.identifier(query.table, name)

    def _open_keys(self, lines, counts):
        """Return the (line, name) of all rows that wait for somebody."""
        return [
            (line["key"], name)
            for line in lines
            for name in line["open"]
            if counts[line["key"], name].rows
        ]

    def _is_anything_open(self):
        """Tell whether anything waits for somebody: a close would leave it out."""
        lines = self._lines()
        return bool(self._open_keys(lines, self._counts(lines)))

    # The rows behind a number

    def close_rows(self, line, name, user_id=None):
        """Open exactly the rows that a number of the checklist counts.

        :param line: key of the line
        :param name: of the rows in it
        :param user_id: only this agent's, False: nobody's
        :raise AccessError: the user may not see the close
        :raise UserError: there is no such number
        """
        self.ensure_one()
        self.check_access("read")
        for known in self._lines():
            rows = {**known["open"], **known["told"]}.get(name)
            if known["key"] == line and rows:
                domain = Domain(rows.domain)
                if user_id is not None:
                    domain &= Domain("user_id", "=", user_id)
                return self._rows_action(known["action"], rows.model, domain)
        raise UserError(self.env._("There is no such line."))

    def _rows_action(self, action, model, domain):
        xmlid = action if isinstance(action, str) else action[model]
        if model == self._name:
            # The month itself waits: it is done there.
            return self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        # Ids: some conditions are known to the server only.
        ids = self.env[model].with_context(active_test=False).search(domain).ids
        return self._list(xmlid, [("id", "in", ids)])

    def _list(self, xmlid, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {**action, "domain": domain, "context": {"active_test": False}}
