from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.sql import NamesMany2many, NamesMany2one
from odoo.addons.vip_base.tools.whole import Whole

from ...engine.terms import Level


class SlaEscalation(models.Model):
    """Who hears of a promise in danger, when, and what is done about it.

    REQUIREMENTS S4, S5. Targets point to a plan; a clock keeps the times of its levels
    as they were when it was made. Whom a level tells and what it does is read when it
    comes true.
    """

    _name = "sla.escalation"
    _description = "Escalation Plan"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = NamesMany2one(
        "res.company", index=True, help="Empty: for every company."
    )
    level_ids = fields.One2many(
        "sla.escalation.level", "escalation_id", string="Levels", copy=True
    )
    head_office_team_id = NamesMany2one(
        "helpdesk.ticket.team",
        string="Head office team",
        check_company=True,
        tracking=True,
        help="Empty: the head office of the company, see the settings.",
    )
    head_office_user_id = NamesMany2one(
        "res.users",
        string="Head office contact",
        domain="[('share', '=', False)]",
        tracking=True,
        help="Who is told. Empty: the leader of the head office team.",
    )

    def _compiled(self):
        """Return the levels as they are promised: tuple of engine.terms.Level."""
        return tuple(level._compiled() for level in self.level_ids)

    archived_names = fields.Char(
        string="Names what is archived",
        compute="_compute_archived_names",
        help="Who is archived is told nothing: the next of the chain is.",
    )

    @api.depends("head_office_team_id", "head_office_user_id", "level_ids")
    def _compute_archived_names(self):
        naming, levels = self.env["vip.naming"], self._origin.level_ids
        found = naming._archived(self._origin)
        of_levels = naming._archived(levels)
        for plan in self:
            names = list(found.get(plan._origin.id, ()))
            for level in plan._origin.level_ids:
                names += of_levels.get(level.id, ())
            names = list(dict.fromkeys(names))
            plan.archived_names = format_list(self.env, names) if names else False

    def _head_office(self, company):
        """Return (team, person) of the head office for tickets of a company."""
        self.ensure_one()
        if self.head_office_team_id or self.head_office_user_id:
            return self.head_office_team_id, self.head_office_user_id
        return company.sla_head_office_team_id, company.sla_head_office_user_id

    def _head_office_people(self, company):
        """Return whom of the head office to tell: the first of these that is there."""
        team, person = self._head_office(company)
        return [person, team.user_id, team.user_ids]


class Amount(Whole):
    """Minutes before or after a limit: ten years at most; or per cent."""

    most = 10 * 366 * 24 * 60


#: Lines of people who stand in for each other, see ``_lines``; from PERSONS on: ids.
END, HANDLER, LEADER, MANAGERS, HEAD_OFFICE, TEAM, PERSONS = range(7)
PRIORITIES = [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Very High")]


class SlaEscalationLevel(models.Model):
    """A level of an escalation: when it comes true, whom it tells, what it does."""

    _name = "sla.escalation.level"
    _description = "Escalation Level"
    _order = "escalation_id, sequence, id"

    escalation_id = fields.Many2one(
        "sla.escalation", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="escalation_id.company_id", store=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    moment = fields.Selection(
        [
            ("percent", "% of the time used"),
            ("before", "minutes before the limit"),
            ("after", "minutes after the limit"),
        ],
        string="When",
        required=True,
        default="after",
        help="Counted in the working time of the clock: one that stands still does not "
        "escalate. 0 minutes after the limit: as soon as it is missed.",
    )
    amount = Amount(string="How much", required=True, default=0)
    tell_handler = fields.Boolean(
        string="Handler",
        help="Who holds the ticket then, as one of its team; else the leader.",
    )
    tell_leader = fields.Boolean(
        string="Leader", help="The leader of the team that has the ticket then."
    )
    tell_managers = fields.Boolean(
        string="Service managers", help="Those of the ticket's company."
    )
    tell_head_office = fields.Boolean(
        string="Head office", help="As named on the plan, else in the settings."
    )
    user_ids = NamesMany2many(
        "res.users", string="Also tell", domain="[('share', '=', False)]"
    )
    team_id = NamesMany2one(
        "helpdesk.ticket.team",
        string="Also tell team",
        help="Its leader; its members if it has none.",
    )
    at_once = fields.Boolean(
        string="At once, also at night",
        help="Told at once, also outside the working hours of who is told.",
    )
    activity = fields.Boolean(
        string="Create an activity", help="On the ticket, for everybody who is told."
    )
    raise_priority = fields.Selection(
        PRIORITIES, string="Raise priority to", help="A higher one stays."
    )
    reassign = fields.Selection(
        [("head_office", "The head office"), ("given", "This team or person")],
        string="Hand the ticket to",
    )
    reassign_team_id = NamesMany2one("helpdesk.ticket.team", string="New team")
    reassign_user_id = NamesMany2one(
        "res.users", string="New handler", domain="[('share', '=', False)]"
    )

    told = fields.Char(string="Tells", compute="_compute_summary")
    done = fields.Char(string="Does", compute="_compute_summary")

    _amount_range = models.Constraint(
        "CHECK (amount >= 0 AND (moment <> 'percent' OR amount BETWEEN 1 AND 99)"
        " AND (moment <> 'before' OR amount > 0))",
        "A level comes at 1 to 99 per cent of the time, or some minutes before or after "
        "the limit.",
    )

    @api.depends("moment", "amount")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for level in self:
            level.display_name = level._when()

    @api.depends_context("lang")
    @api.depends(
        "tell_handler",
        "tell_leader",
        "tell_managers",
        "tell_head_office",
        "user_ids",
        "team_id",
        "activity",
        "raise_priority",
        "reassign",
        "reassign_team_id",
        "reassign_user_id",
    )
    def _compute_summary(self):
        """Whom it tells and what it does, in a line each."""
        roles = ("tell_handler", "tell_leader", "tell_managers", "tell_head_office")
        for level in self:
            told = [level._label_of(name) for name in roles if level[name]]
            told += [*level.user_ids.mapped("name"), *level.team_id.mapped("name")]
            level.told = format_list(self.env, told)
            level.done = format_list(self.env, level._does())

    def _does(self):
        """Return what it does apart from telling people, for people."""
        texts = []
        if self.activity:
            texts.append(self._label_of("activity"))
        for name in ("raise_priority", "reassign"):
            if self[name]:
                options = dict(self._fields[name]._description_selection(self.env))
                texts.append(f"{self._label_of(name)}: {options[self[name]]}")
        return texts

    @api.constrains(
        "tell_handler",
        "tell_leader",
        "tell_managers",
        "tell_head_office",
        "user_ids",
        "team_id",
        "activity",
        "raise_priority",
        "reassign",
        "reassign_team_id",
        "reassign_user_id",
    )
    def _check_does_something(self):
        for level in self:
            if not (level._tells() or level.raise_priority or level.reassign):
                raise ValidationError(
                    self.env._("“%s” tells nobody and does nothing.", level._when())
                )
            if level.activity and not level._tells():
                raise ValidationError(
                    self.env._("Say for whom the activity is: who is told?")
                )
            if level.reassign == "given" and not (
                level.reassign_team_id or level.reassign_user_id
            ):
                raise ValidationError(
                    self.env._("Say to which team or person the ticket is handed.")
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Keep what came true somewhere: why people were told must stay readable."""
        # As superuser: only whether there is one.
        notices = self.env["sla.notice"].sudo()
        if notices.search_count([("level_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("People were told by this level. Archive it instead.")
            )

    def _tells(self):
        return (
            self.tell_handler
            or self.tell_leader
            or self.tell_managers
            or self.tell_head_office
            or bool(self.user_ids or self.team_id)
        )

    def _label_of(self, name):
        return self._fields[name]._description_string(self.env)

    def _when(self):
        """Return when it comes true, for people: "15 min after the limit"."""
        self.ensure_one()
        if self.moment == "percent":
            return self.env._("%s%% of the time", self.amount)
        if self.moment == "before":
            return self.env._("%s min before the limit", self.amount)
        if not self.amount:
            return self.env._("At the limit")
        return self.env._("%s min after the limit", self.amount)

    def _compiled(self):
        self.ensure_one()
        return Level(self.id, self.moment, self.amount)

    def _lines(self, company):
        """Return who stands in for whom when this level tells people of a company.

        The handler and the leader depend on the ticket; each other receiver begins a
        line, of which the first rung is told on which anybody is there. Line END is the
        end of all lines: service managers, then the head office. Who is archived, or
        not in the company, stands in no line.

        :return: {line: [``res.users`` of each rung that is not empty]}
        """
        self.ensure_one()
        managers = self.env.ref(MANAGER_GROUP).all_user_ids
        head_office = self.escalation_id._head_office_people(company)
        lines = {END: [managers, *head_office]}
        if self.tell_managers:
            lines[MANAGERS] = [managers]
        if self.tell_head_office:
            lines[HEAD_OFFICE] = head_office
        if self.team_id:
            lines[TEAM] = [self.team_id.user_id, self.team_id.user_ids]
        # Who is archived had a place here, too, and somebody stands in.
        for person in self.with_context(active_test=False).user_ids:
            lines[PERSONS + person.id] = [person]
        # As superuser: in which companies people serve.
        return {
            line: list(
                filter(None, (serving(people.sudo(), company) for people in rungs))
            )
            for line, rungs in lines.items()
        }

    def _may_tell_nobody(self, company):
        """Tell whether for a ticket of a company nobody may be left whom this tells."""
        self.ensure_one()
        if not self._tells() or any(self._lines(company).values()):
            return False
        if not (self.tell_handler or self.tell_leader):
            return True
        # As superuser: coverage is about all teams, whoever asks.
        teams = self.env["helpdesk.ticket.team"].sudo()
        teams = teams.search([("company_id", "in", [company.id, False])])
        return not teams or any(not serving(team.user_id, company) for team in teams)

    def _reassignment(self, ticket, at):
        """Return (team, person) to whom the ticket is handed.

        Who is not there at ``at`` (naive UTC) has the leader of the new team, or of the
        ticket's one, stand in.
        """
        self.ensure_one()
        company, leader = ticket.company_id, ticket.team_id.user_id
        if self.reassign == "given":
            team, person = self.reassign_team_id, self.reassign_user_id
        else:
            team, person = self.escalation_id._head_office(company)
        # As superuser: in which companies people serve.
        if person and not serving(person.sudo(), company, at):
            person = serving((team.user_id if team else leader).sudo(), company, at)
        return team, person


def serving(users, company, at=None):
    """Return those of some people who serve a company.

    :param users: ``res.users`` of the superuser, who knows in which companies they serve
    :param at: naive UTC; only who is not on approved leave then
    """
    users = users.filtered(
        lambda user: user.active and not user.share and company in user.company_ids
    )
    if at is None or not users:
        return users
    leaves = users.env["resource.calendar.leaves"]._approved_leaves(
        users.ids, at, at + timedelta(seconds=1)
    )
    away = {user_id for user_id, _company_id in leaves}
    return users.filtered(lambda user: user.id not in away)
