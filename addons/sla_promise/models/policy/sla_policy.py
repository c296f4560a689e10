from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.vip_base.tools.naming import NamesCondition, parsed
from odoo.addons.vip_base.tools.sql import NamesMany2many, NamesMany2one
from odoo.addons.vip_base.tools.whole import Whole

from ...engine.matching import CALENDAR_DAYS, SECONDS, Promise
from ...engine.states import FEEDBACK, RESOLUTION
from ...engine.terms import Course
from ..clock.sla_clock import METRICS

#: The order of ``DIMENSIONS`` in words, in the help of what is matched.
BEFORE_TIES = "Of two policies that fit equally well the first wins."


class SlaPolicy(models.Model):
    """Which tickets are promised what, and from when to when.

    Of the policies that fit a ticket the most specific wins, for each metric: first by
    service item (the deeper one), then client, client type, team, priority, channel,
    tags, condition and company; ``sequence`` decides between equals.
    """

    _name = "sla.policy"
    _description = "Service Policy"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(string="Precedence", default=10, help=BEFORE_TIES)
    company_id = NamesMany2one(
        "res.company", index=True, help="Empty: for every company."
    )
    date_from = fields.Date(
        string="In force from",
        tracking=True,
        help="First day on which an opened ticket is under this policy.",
    )
    date_to = fields.Date(
        string="In force to",
        tracking=True,
        help="Last day on which an opened ticket is under this policy.",
    )
    client_scope = fields.Selection(
        [
            ("any", "Everyone"),
            ("regular", "Regular clients"),
            ("key", "Key clients"),
            ("tiers", "Chosen tiers"),
        ],
        string="Clients",
        required=True,
        default="any",
        tracking=True,
        help="A key client is in any tier above the lowest. "
        "Everyone else is a regular client.",
    )
    tier_ids = NamesMany2many("vip.tier", string="Tiers")
    client_type = fields.Selection(
        selection=lambda self: self._selection_client_type(),
        string="Client type",
        tracking=True,
        help="Empty: clients of any type, and people who are no clients.",
    )
    category_ids = NamesMany2many(
        "helpdesk.ticket.category",
        below=True,
        string="Service items",
        help="Items below these are included. Empty: any item.",
    )
    team_ids = NamesMany2many(
        "helpdesk.ticket.team", string="Teams", help="Empty: any team."
    )
    priority = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Very High")],
        help="Empty: any priority.",
    )
    channel_ids = NamesMany2many(
        "helpdesk.ticket.channel", string="Channels", help="Empty: any channel."
    )
    tag_ids = NamesMany2many(
        "helpdesk.ticket.tag",
        string="Tags",
        help="The ticket has at least one of these. Empty: any ticket.",
    )
    domain = NamesCondition(
        string="Condition",
        subject="helpdesk.ticket",
        tracking=True,
        help="Whatever else a ticket must meet. It is looked at when the ticket is "
        "opened and when a field that it names, or anything else that policies look at, "
        "changes. Empty: any ticket.",
    )
    no_promise = fields.Boolean(
        string="Promises nothing",
        tracking=True,
        help="Where this policy wins nothing is promised, and the ticket says so. "
        "A promise that is running already is not taken away.",
    )
    target_ids = fields.One2many("sla.target", "policy_id", string="Targets", copy=True)
    limits = fields.Char(compute="_compute_limits", string="Promised limits")
    further = fields.Char(
        compute="_compute_further",
        string="Asks also for",
        help="What a ticket must be beside its service item and client.",
    )

    _dates_in_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_from IS NULL OR date_from <= date_to)",
        "A policy cannot end before it begins.",
    )

    def _selection_client_type(self):
        return (
            self.env["res.partner"]
            ._fields["client_type"]
            ._description_selection(self.env)
        )

    @api.depends("name", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for policy in self:
            if policy.version > 1:
                policy.display_name = self.env._(
                    "%(name)s (version %(version)s)",
                    name=policy.name,
                    version=policy.version,
                )
            else:
                policy.display_name = policy.name

    @api.depends(
        "no_promise",
        "target_ids.metric",
        "target_ids.duration",
        "target_ids.unit",
        "target_ids.no_promise",
    )
    @api.depends_context("lang")
    def _compute_limits(self):
        for policy in self:
            if policy.no_promise:
                policy.limits = self.env._("Nothing")
            else:
                policy.limits = format_list(
                    self.env, policy.target_ids.mapped("display_name")
                )

    @api.depends(
        "client_type", "team_ids", "priority", "channel_ids", "tag_ids", "domain"
    )
    @api.depends_context("lang")
    def _compute_further(self):
        for policy in self:
            policy.further = "; ".join(policy._further_texts())

    def _further_texts(self):
        self.ensure_one()
        texts = []
        for name in ("client_type", "team_ids", "priority", "channel_ids", "tag_ids"):
            field, value = self._fields[name], self[name]
            if field.type == "selection":
                value = dict(field._description_selection(self.env)).get(value)
            else:
                value = format_list(self.env, value.mapped("display_name"))
            if value:
                texts.append(f"{field._description_string(self.env)}: {value}")
        if self.domain:
            texts.append(self._fields["domain"]._description_string(self.env))
        return texts

    @api.constrains("client_scope", "tier_ids")
    def _check_tiers(self):
        for policy in self:
            if policy.client_scope == "tiers" and not policy.tier_ids:
                raise ValidationError(
                    self.env._("Choose the tiers to which “%s” applies.", policy.name)
                )

    @api.constrains("no_promise", "target_ids")
    def _check_no_promise(self):
        for policy in self:
            if policy.no_promise and policy.target_ids:
                raise ValidationError(
                    self.env._(
                        "“%s” promises nothing: it cannot have targets.", policy.name
                    )
                )

    @api.constrains("active", "team_ids", "company_id")
    def _check_limits(self):
        self.filtered("active").target_ids._check_limit()

    @api.constrains("domain")
    def _check_domain(self):
        # As superuser, like the matching: a condition may read what its author may not.
        tickets = self.env["helpdesk.ticket"].sudo()
        for policy in self.filtered("domain"):
            try:
                tickets.search(policy._parsed_domain() & Domain("id", "=", 0))
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "The condition of “%(policy)s” cannot be read: %(error)s",
                        policy=policy.name,
                        error=error,
                    )
                ) from error

    def _parsed_domain(self):
        """Return the condition as a Domain; raises ValueError if it is none.

        Only literals: a condition means the same whoever makes the ticket.
        """
        self.ensure_one()
        domain = parsed(self.domain)
        domain.validate(self.env["helpdesk.ticket"])
        return domain

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.target_ids._unlink_except_used()


class Duration(Whole):
    """How much of a unit is promised: never nothing."""

    least = 1


#: Metrics that may begin anew when a ticket is reopened.
REOPENED = (FEEDBACK, RESOLUTION)


class SlaTarget(models.Model):
    """What a policy promises: one metric within one duration."""

    _name = "sla.target"
    _description = "Target"
    _inherit = ["vip.audited"]
    _check_company_auto = True
    _order = "policy_id, metric, id"

    policy_id = fields.Many2one(
        "sla.policy", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    metric = fields.Selection(METRICS, required=True, default="resolution")
    duration = Duration(required=True, default=30)
    unit = fields.Selection(
        [
            ("minutes", "Minutes"),
            ("hours", "Hours"),
            ("days", "Working days"),
            ("calendar_days", "Calendar days"),
            ("weeks", "Calendar weeks"),
        ],
        required=True,
        default="minutes",
    )
    calendar_mode = fields.Selection(
        [
            ("team", "The team's"),
            ("given", "This one"),
            ("always", "Around the clock"),
        ],
        string="Working hours",
        required=True,
        default="team",
        help="A team without working hours of its own has those of its company. Of a "
        "limit in calendar days or weeks only the time zone of the hours counts.",
    )
    calendar_id = NamesMany2one("resource.calendar")
    pause_on_client = fields.Boolean(
        string="Pause for client",
        default=True,
        help="The clock stands still while we wait for the client.",
    )
    pause_on_third_party = fields.Boolean(
        string="Pause for third party",
        help="The clock stands still while we wait for somebody else.",
    )
    pause_on_outage = fields.Boolean(
        string="Pause in outages",
        default=True,
        help="The clock stands still during an outage that was declared and approved.",
    )
    item_limit = fields.Boolean(
        string="Item limit",
        help="The limit of the service item: lateness against it can cost points.",
    )
    escalation_id = NamesMany2one(
        "sla.escalation",
        # As superuser: who edits policies need not see the settings.
        default=lambda self: self.env.company.sudo().sla_escalation_id,
        check_company=True,
        help="Who is told, and what is done, before and after the limit. "
        "Empty: nobody and nothing.",
    )
    no_promise = fields.Boolean(
        string="No promise",
        help="Where this target wins this is not promised, and the ticket says so.",
    )
    rematch = fields.Selection(
        [
            ("better", "The earlier due time wins"),
            ("keep", "Keep the running promise"),
            ("restart", "Start again"),
        ],
        string="When the ticket changes",
        required=True,
        default="better",
        help="What happens to a running promise when a change of the ticket brings "
        "it under this target.",
    )

    begins = fields.Selection(
        [("opening", "The ticket is opened"), ("solving", "The ticket is solved")],
        string="Counts from",
        required=True,
        default="opening",
        help="From when on feedback of the result is owed. Other promises do not ask.",
    )
    reopening = fields.Selection(
        [("resume", "The clock goes on"), ("new", "A new clock begins")],
        string="When reopened",
        required=True,
        default="resume",
        help="What becomes of a kept resolution, or of feedback that was given, when "
        "work on the ticket begins again. Other promises do not ask.",
    )

    _duration_positive = models.Constraint(
        "CHECK (duration > 0)", "A promised duration must be above zero."
    )
    _metric_uniq = models.UniqueIndex(
        "(policy_id, metric)", "A policy promises a metric only once."
    )

    @api.depends("metric", "duration", "unit", "no_promise")
    @api.depends_context("lang")
    def _compute_display_name(self):
        metrics = dict(self._fields["metric"]._description_selection(self.env))
        for target in self:
            metric = metrics.get(target.metric, "")
            if target.no_promise:
                target.display_name = self.env._("%s: no promise", metric)
            else:
                target.display_name = self.env._(
                    "%(metric)s within %(limit)s", metric=metric, limit=target._limit()
                )

    @api.constrains("metric", "begins", "reopening")
    def _check_course(self):
        for target in self:
            if target.begins != "opening" and target.metric != FEEDBACK:
                raise ValidationError(
                    self.env._("Only feedback can count from the solving.")
                )
            if target.reopening != "resume" and target.metric not in REOPENED:
                raise ValidationError(
                    self.env._(
                        "Only a resolution and feedback can begin anew on reopening."
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Keep what clocks were made under: an old promise must stay explainable."""
        # As superuser: only whether there is such a clock, of whichever ticket.
        used = (
            self.env["sla.clock"]
            .sudo()
            .search_count([("target_id", "in", self.ids)], limit=1)
        )
        if used:
            raise UserError(
                self.env._(
                    "Tickets were promised this. Archive the policy, or end it on a "
                    "date, instead of deleting it."
                )
            )

    def _limit(self):
        """Return the duration for people: "30 minutes"."""
        self.ensure_one()
        count = self.duration
        if count == 1 and self.unit not in SECONDS:
            return {
                "days": self.env._("1 working day"),
                "calendar_days": self.env._("1 calendar day"),
                "weeks": self.env._("1 calendar week"),
            }[self.unit]
        return {
            "minutes": self.env._("%s min", count),
            "hours": self.env._("%s h", count),
            "days": self.env._("%s working days", count),
            "calendar_days": self.env._("%s calendar days", count),
            "weeks": self.env._("%s calendar weeks", count),
        }[self.unit]

    def _course(self):
        """Return how this target's promise runs, as the clocks keep it."""
        self.ensure_one()
        course = Course(self.begins == "solving", self.reopening == "new")
        flags = {name: self[name] for name in Course._fields if name in self._fields}
        calendar_days = self.unit in CALENDAR_DAYS
        return course._replace(**flags, around_the_clock=calendar_days)

    def _compiled(self):
        """Return this target as a :class:`~...engine.matching.Promise`."""
        self.ensure_one()
        return Promise(
            self.id,
            self.policy_id.id,
            self.metric,
            self.duration,
            self.unit,
            self.calendar_mode,
            self.calendar_id.id or None,
            self.item_limit,
            self.escalation_id._compiled(),
            self.rematch,
            self._course(),
            nothing=self.no_promise,
        )

    # ------------------------------------------------------------------
    # Targets are part of their policy: what was promised is not edited in passing
    # ------------------------------------------------------------------

    def _audited_fields(self):
        return {
            name
            for name, field in self._fields.items()
            if field.store and name not in models.MAGIC_COLUMNS
        }

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        ids = [vals.get("policy_id") for vals in vals_list]
        self.env["sla.policy"].browse(filter(None, ids))._check_may_edit()
        return super().create(vals_list)

    def write(self, vals):
        self.check_access("write")
        self.policy_id._check_may_edit()
        return super().write(vals)

    def unlink(self):
        self.check_access("unlink")
        self.policy_id._check_may_edit()
        return super().unlink()
