from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

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
    sequence = fields.Integer(default=10, help=BEFORE_TIES)
    company_id = fields.Many2one(
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
    tier_ids = fields.Many2many("vip.tier", string="Tiers")
    client_type = fields.Selection(
        selection=lambda self: self._selection_client_type(),
        string="Client type",
        tracking=True,
        help="Empty: clients of any type, and people who are no clients.",
    )
    category_ids = fields.Many2many(
        "helpdesk.ticket.category",
        string="Service items",
        help="Items below these are included. Empty: any item.",
    )
    team_ids = fields.Many2many(
        "helpdesk.ticket.team", string="Teams", help="Empty: any team."
    )
    priority = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Very High")],
        help="Empty: any priority.",
    )
    channel_ids = fields.Many2many(
        "helpdesk.ticket.channel", string="Channels", help="Empty: any channel."
    )
    tag_ids = fields.Many2many(
        "helpdesk.ticket.tag",
        string="Tags",
        help="The ticket has at least one of these. Empty: any ticket.",
    )
    domain = fields.Char(
        string="Condition",
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
        parsed = literal_eval(self.domain)
        if not isinstance(parsed, list):
            raise ValueError(self.domain)
        domain = Domain(parsed)
        domain.validate(self.env["helpdesk.ticket"])
        return domain

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.target_ids._unlink_except_used()
