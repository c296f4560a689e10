from odoo import api, fields, models

from odoo.addons.sla_promise.engine import states
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.links import record_link, rows_link
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import written_late, written_length
from odoo.addons.vip_service.tools.next_action import next_action

from ..feedback.sla_obligation import ACKNOWLEDGE, ANSWER, DECISION, REPORT

#: How the badge of a clock looks; a running one has no colour.
BADGES = {
    states.RUNNING: "new",
    states.PAUSED: "still",
    states.MET: "done",
    states.MISSED: "late",
}
#: So many lines of the file stand beside it, the newest first.
LINES = 12


class VipComplaint(models.Model):
    """What the form of a complaint says: what is owed to whom, what is next, its file."""

    _inherit = "vip.complaint"

    owed = fields.Json(string="What is owed", compute="_compute_owed")
    next_steps = fields.Json(string="Next action", compute="_compute_next_steps")
    file_lines = fields.Json(string="What happened", compute="_compute_file_lines")
    may_answer = fields.Boolean(compute="_compute_offers")
    may_open_about = fields.Boolean(compute="_compute_offers")
    report_owed = fields.Boolean(compute="_compute_offers")
    may_give_up = fields.Boolean(compute="_compute_offers")
    repeats = fields.Json(string="Repeats of the causes", compute="_compute_repeats")

    def _clocks(self):
        """Return the promises of the file that were not replaced."""
        # As superuser: who may read the file sees what is owed on its ticket.
        clocks = self.sudo().ticket_id.clock_ids
        return clocks.filtered(lambda clock: clock.state != states.CANCELLED)

    def _open_clock(self, metric):
        """Return the promise of something that is still owed here."""
        return self._clocks().filtered(
            lambda clock: clock.metric == metric and not clock.stopped_at
        )[:1]

    # What is offered

    @api.depends_context("uid")
    def _compute_offers(self):
        is_manager = self.env.user.has_group(MANAGER_GROUP)
        for complaint in self:
            # As superuser: who held what, whoever reads.
            file = complaint.sudo()
            works = bool(complaint.id) and complaint.has_access("write")
            complaint.may_answer = works and not file._bars(self.env.user)
            complaint.may_open_about = bool(
                complaint.about_id
            ) and complaint.about_id.has_access("read")
            complaint.report_owed = complaint.may_answer and bool(
                complaint._open_clock(REPORT)
            )
            complaint.may_give_up = (
                is_manager
                and complaint.verify_result == "asked"
                and not complaint.closed_at
                and self.env.user not in file._handlers()._same_person()
            )

    # One row for each promise and who it is made to

    def _compute_owed(self):
        for complaint in self:
            clocks = complaint._clocks().sorted(
                lambda clock: (clock.due_at or clock.started_at, clock.id)
            )
            evidence = complaint._evidence() if clocks else {}
            complaint.owed = [
                complaint._owed_row(clock, evidence.get((clock.metric, clock.round)))
                for clock in clocks
            ]

    def _owed_row(self, clock, evidence):
        declared = self.env["sla.obligation"]._declared().get(clock.metric)
        labels = dict(clock._fields["state"]._description_selection(self.env))
        late = clock.state != states.MET and bool(clock.overrun_seconds)
        target = clock.target_id.exists()
        return {
            "id": clock.id,
            "to": declared.to if declared else self.env._("the client"),
            "what": declared.label if declared else clock._label(),
            "round": clock.round,
            "limit": target._limit() if target else "",
            "due": fields.Datetime.to_string(clock.due_at) or False,
            "open": not clock.stopped_at and clock.state != states.PAUSED,
            "said": self._said_of(clock, late),
            "state": labels[clock.state],
            "kind": BADGES[clock.state],
            "tone": "late" if late else "done" if clock.state == states.MET else "",
            "evidence": evidence or False,
        }

    def _said_of(self, clock, late):
        """Return how it ended, or what is left where it stands still."""
        if late:
            return written_late(self.env, clock.overrun_seconds)
        if clock.state == states.MET:
            took = (clock.stopped_at - clock.started_at).total_seconds()
            return self.env._("kept after %s", written_length(self.env, took))
        if clock.state == states.PAUSED and clock.left_seconds:
            return written_length(self.env, clock.left_seconds)
        return ""

    def _evidence(self):
        """Return {(metric, round): what proves that it was met}."""
        kinds = dict(self._contact_kinds())
        # As superuser: how and when the client was reached, to who may read the file.
        contacts = self.env["vip.contact"].sudo()
        found = {}
        for clock in self._clocks().filtered("stopped_at"):
            contact = contacts.search(
                [
                    ("ticket_id", "=", self.ticket_id.id),
                    ("outgoing", "=", True),
                    ("at", "=", clock.stopped_at),
                ],
                limit=1,
            )
            found[clock.metric, clock.round] = {
                "text": kinds[contact.kind] if contact else "",
                "at": fields.Datetime.to_string(clock.stopped_at),
            }
        return found

    @api.model
    def _contact_kinds(self):
        return self.env["vip.contact"]._fields["kind"]._description_selection(self.env)

    # What is to be done next

    def _compute_next_steps(self):
        for complaint in self:
            lacks = complaint._lacks() if complaint.id else {}
            step = complaint.id and not complaint.closed_at
            complaint.next_steps = step and [
                complaint._next_step(next(iter(lacks), "close"))
            ]

    def _next_step(self, lacking):
        """Return the first thing that is to be done, as a page shows it."""
        steps = {
            "owner": (self.env._("Own it"), "action_own"),
            "acknowledged": (
                self.env._("Tell the client that it is looked into"),
                "action_contact",
            ),
            "cause": (self.env._("Decide what it came from"), "action_cause"),
            "decision": (self.env._("Decide whether the client is right"), False),
            "action": (self.env._("Do something about it, with evidence"), False),
            "answer": (self.env._("Answer the client in writing"), False),
            "verification": (
                self.env._("Ask the client whether it is settled"),
                "action_verify",
            ),
            "close": (self.env._("Close the complaint"), "action_close"),
        }
        text, method = steps[lacking]
        buttons = {
            "action_own": self.env._("I own it"),
            "action_contact": self.env._("Log a contact"),
            "action_cause": self.env._("Decide"),
            "action_verify": self.env._("Ask"),
            "action_close": self.env._("Close"),
        }
        until = {
            "acknowledged": ACKNOWLEDGE,
            "decision": DECISION,
            "answer": ANSWER,
        }.get(lacking)
        bar = self._bar_of_step(lacking)
        return next_action(
            (self._name, self.id),
            lacking,
            text,
            rank=0,
            by=self._does_step(lacking),
            mine=not bar and self._is_step_mine(lacking),
            link=record_link(self._name, self.id),
            method=method,
            button=method and buttons[method],
            note=bar or self._note_of_step(lacking),
            until=until and self._open_clock(until).due_at,
        )

    def _bar_of_step(self, lacking):
        """Return why the reader may not take a step; empty: nothing bars."""
        # As superuser: who held what, whoever reads.
        complaint = self.sudo()
        if lacking == "verification":
            if self.verify_result == "asked":
                return self.env._("Asked; the client has not answered yet.")
            handlers = complaint._handlers()._same_person()
            return self.env.user in handlers and self.env._(
                "Not by who handled it: somebody else asks."
            )
        return " ".join(complaint._bars(self.env.user))

    def _does_step(self, lacking):
        if lacking == "verification":
            return self.env._("somebody who did not handle it")
        return self.owner_id.name or self.env._("nobody yet")

    def _is_step_mine(self, lacking):
        if not self.has_access("write"):
            return False
        free = lacking in ("owner", "verification")
        return free or self.owner_id == self.env.user or not self.owner_id

    def _note_of_step(self, lacking):
        if lacking == "cause" and self.proposed_cause_id:
            return self.env._(
                "Like cases came from: %s", self.proposed_cause_id.complete_name
            )
        if lacking == "action":
            planned = self.action_ids.filtered(lambda one: not one.done_at)
            return ", ".join(planned.mapped("name"))
        return ""

    def action_contact(self):
        """Open where a call or visit with the client is written down."""
        self.ensure_one()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "vip_service.vip_contact_log_action"
        ) | {"context": {"default_ticket_id": self.ticket_id.id}}

    def action_cause(self):
        """Open where a person decides what this came from; like cases propose."""
        self.ensure_one()
        return self.env["vip.case.cause"]._decide(
            self.ticket_id, self.proposed_cause_id
        )

    def action_open_ticket(self):
        """Open the ticket of which this is the file."""
        return self._window_of(self.ticket_id)

    def action_open_about(self):
        """Open the request that is complained of."""
        return self._window_of(self.about_id)

    def _window_of(self, ticket):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": ticket.id,
            "views": [(False, "form")],
        }

    # What happened

    def _compute_file_lines(self):
        for complaint in self:
            lines = [line for line in complaint._lines() if line["at"]]
            lines.sort(key=lambda line: line["at"], reverse=True)
            complaint.file_lines = [
                {**line, "at": fields.Datetime.to_string(line["at"])}
                for line in lines[:LINES]
            ]

    def _lines(self):
        """Yield what is in the file: deeds of people, words with the client, lateness."""
        yield self._line(self.filed_at, "fa-bullhorn", self.env._("Filed"), self.reason)
        decisions = dict(self._fields["decision"]._description_selection(self.env))
        if self.decision:
            by = self.decided_by_id.name
            text = decisions[self.decision]
            yield self._line(self.decided_at, "fa-gavel", text, by)
        yield self._line(
            self.answered_at, "fa-envelope-o", self.env._("Answered in writing")
        )
        yield self._line(
            self.unsettled_at, "fa-undo", self.env._("The client: not settled")
        )
        if self._is_verified():
            results = self._fields["verify_result"]._description_selection(self.env)
            text = dict(results)[self.verify_result]
            yield self._line(self.verified_at, "fa-check", text, self.verify_note)
        yield self._line(self.closed_at, "fa-lock", self.env._("Closed"))
        for action in self.action_ids:
            by = action.done_by_id.name
            yield self._line(action.done_at, "fa-wrench", action.name, by)
        for cause in self.cause_line_ids:
            text, by = cause.cause_id.complete_name, cause.decided_by_id.name
            yield self._line(cause.decided_at, "fa-sitemap", text, by)
        yield from self._lines_of_contacts()
        yield from self._lines_of_request()
        for clock in self._clocks().filtered("overrun_seconds"):
            text, late = clock._label(), written_late(self.env, clock.overrun_seconds)
            yield self._line(
                clock.due_at or clock.stopped_at,
                "fa-exclamation-triangle",
                self.env._("%(what)s: %(late)s", what=text, late=late),
                tone="late",
            )

    def _lines_of_contacts(self):
        icons = {"call": "fa-phone", "visit": "fa-users", "chat": "fa-comments-o"}
        kinds = dict(self._contact_kinds())
        # As superuser: that the client was spoken to, to who may read the file.
        contacts = self.env["vip.contact"].sudo()
        for contact in contacts.search(
            [("ticket_id", "=", self.ticket_id.id)], limit=LINES
        ):
            yield self._line(
                contact.at,
                icons.get(contact.kind, "fa-comment-o"),
                kinds[contact.kind],
                self.env._("to the client")
                if contact.outgoing
                else self.env._("from the client"),
            )

    def _lines_of_request(self):
        """Yield who held the request complained of, and where it was then."""
        # As superuser: who held it is what a complaint is judged by; to who handles it.
        spans = self.env["sla.span"].sudo()
        held = None
        for span in spans.search([("ticket_id", "=", self.about_id.id)], order="start"):
            who = span.user_id.name or span.team_id.name
            if who and who != held:
                text = self.env._("The request: held by %s", who)
                yield self._line(span.start, "fa-user-o", text, span.stage_id.name)
            held = who

    @api.model
    def _line(self, at, icon, text, note="", tone=""):
        return {
            "at": at,
            "icon": icon,
            "text": text,
            "note": note or "",
            "tone": tone,
        }

    # How often its causes came before

    def _compute_repeats(self):
        for complaint in self:
            causes = complaint.cause_line_ids.cause_id
            complaint.repeats = [complaint._repeat_of(cause) for cause in causes]

    def _repeat_of(self, cause):
        """Return how often a cause came lately, and the cases behind; a hook."""
        since, days = cause._counted_since(event_time(self.env))
        domain = [
            ["cause_id", "child_of", cause.id],
            ["company_id", "=", self.company_id.id],
            ["happened_at", ">=", fields.Datetime.to_string(since)],
        ]
        # As superuser: how many there were, whoever may read the cases.
        count = self.env["vip.case.cause"].sudo().search_count(domain)
        return {
            "id": cause.id,
            "text": self.env._(
                "“%(cause)s”: %(count)s cases in %(days)s days",
                cause=cause.name,
                count=count,
                days=days,
            ),
            "link": count and rows_link("vip.case.cause", cause.complete_name, domain),
            "count": count,
            "repeats": count > 1,
            "more": [],
        }
