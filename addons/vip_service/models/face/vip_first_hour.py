from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.vip_base.tools.groups import ADMIN_GROUP, SETTINGS_GROUPS
from odoo.addons.vip_base.tools.prefetch import SETTINGS
from odoo.addons.vip_base.tools.setup import Step
from odoo.addons.vip_base.tools.times import event_time


class ResCompany(models.Model):
    _inherit = "res.company"

    vip_tiers_confirmed_at = fields.Datetime(
        string="Tiers confirmed at",
        readonly=True,
        copy=False,
        groups=SETTINGS_GROUPS,
        prefetch=SETTINGS,
        help="When somebody said that the tiers and their thresholds are the company's.",
    )


class VipFirstHour(models.AbstractModel):
    """Teams, tiers, clients, their activity and the first review."""

    _inherit = "vip.first.hour"

    @api.model
    def _steps(self):
        return [
            *super()._steps(),
            self._teams_step(),
            self._tiers_step(),
            self._clients_step(),
            self._activity_step(),
            self._review_step(),
        ]

    @api.model
    def _is_over(self):
        """The first hour ends with the first judged month."""
        return super()._is_over() and bool(self._reviews())

    @api.model
    def _shipped(self):
        return [
            *super()._shipped(),
            (
                self.env._("Tiers"),
                self.env["vip.tier"].search_count([]),
                "vip_service.vip_tier_action",
            ),
            (
                self.env._("Rights of the catalogue"),
                self.env["vip.entitlement"].search_count([]),
                "vip_service.vip_entitlement_action",
            ),
        ]

    @api.model
    def _teams_step(self):
        # As superuser: whether teams have a lead and members, not who they are.
        teams = self.env["helpdesk.ticket.team"].sudo()
        teams = teams.search([("company_id", "in", [False, self.env.company.id])])
        led = teams.filtered(lambda team: team.user_id and team.user_ids)
        serving = self._serving(teams)
        text = self.env._("no team yet")
        if teams:
            text = self.env._(
                "%(led)s of %(teams)s teams have a lead and members",
                led=len(led),
                teams=len(teams),
            )
        return Step(
            "vip_service/teams",
            self.env._("Teams"),
            bool(serving) and led == teams,
            text,
            why=self.env._(
                "Requests belong to a team; its lead is told when they run late. A team "
                "may have working hours of its own. Make one at least, and give each that "
                "is there a lead and members."
            ),
            buttons=(
                (
                    self.env._("Teams"),
                    "helpdesk_mgmt.helpdesk_ticket_team_action",
                ),
            ),
            sequence=40,
        )

    @api.model
    def _serving(self, teams):
        """Return the teams of these that serve clients; a hook for who ships others."""
        return teams

    # Tiers

    @api.model
    def _tiers_step(self):
        # As superuser: settings of the company, for who sets it up.
        company = self.env.company.sudo()
        confirmed = company.vip_tiers_confirmed_at
        reviewed = self._reviews()
        tiers = self.env["vip.tier"]._ladder(company)
        names = " · ".join(reversed(tiers.mapped("name")))
        done = bool(confirmed or reviewed)
        text = self.env._(
            "%(tiers)s, in %(currency)s",
            tiers=names,
            currency=company.currency_id.name,
        )
        if not done:
            text = self.env._("%s: not confirmed yet", text)
        return Step(
            "vip_service/tiers",
            self.env._("Tiers and their thresholds"),
            done,
            text,
            why=self.env._(
                "Thresholds count in the company's currency; those shipped are meant in "
                "Chinese yuan. Look at them, change what is not yours, then confirm: "
                "nobody is judged before the first review."
            ),
            buttons=(
                *(
                    ()
                    if done
                    else (
                        (
                            self.env._("Confirm these tiers"),
                            {"method": "confirm_tiers"},
                        ),
                    )
                ),
                (self.env._("Change them"), "vip_service.vip_tier_action"),
                *self._currency_buttons(company),
            ),
            heads=(
                self.env._("Tier"),
                self.env._("To rise"),
                self.env._("To stay"),
            ),
            rows=tuple(self._tier_row(tier) for tier in reversed(tiers)),
            minutes=6,
            sequence=50,
        )

    @api.model
    def _currency_buttons(self, company):
        """Return the way to the company's currency, as long as it may be changed there."""
        if self.env["vip.activity"].search_count([], limit=1):
            return ()
        if not self.env["res.company"].has_access("write"):
            return ()
        name = self.env._("Change the currency")
        return ((name, self._form(company, name)),)

    @api.model
    def _tier_row(self, tier):
        """Return what a tier asks: its name, to rise, to stay."""
        criteria = tier.criterion_ids
        if not criteria:
            return tier.name, self.env._("everybody else"), ""
        word = self.env._("and") if tier.match == "all" else self.env._("or")

        def asked(name):
            return f" {word} ".join(
                f"{one.metric_id.name} {one._amount_text(one[name])}"
                for one in criteria
            )

        return tier.name, asked("qualify"), asked("retain")

    @api.model
    def confirm_tiers(self):
        """Say that the tiers and their thresholds are the company's.

        :raise AccessError: no administrator
        """
        if not self.env.user.has_group(ADMIN_GROUP):
            raise AccessError(self.env._("Administrators set the service up."))
        # As superuser: checked above; administrators of the service write no companies.
        company = self.env.company.sudo()
        company.vip_tiers_confirmed_at = event_time(self.env)
        self.env["vip.audit.log"]._record(
            company, "decided", new={"vip_tiers_confirmed_at": True}
        )

    # Clients and their activity

    @api.model
    def _clients_step(self):
        count = self._many("res.partner", [("client_type", "!=", False)])
        return Step(
            "vip_service/clients",
            self.env._("Clients"),
            bool(count),
            self.env._("%s clients", count or 0),
            why=self.env._(
                "From a file: take the sample, fill it in, import it. Every row is "
                "checked before anything is written, and refused rows say why."
            ),
            buttons=self._import_buttons("vip.client.import"),
            minutes=6,
            sequence=70,
        )

    @api.model
    def _import_buttons(self, model):
        """Return the buttons of importing a file, and of the files so far.

        A file that somebody has begun with is gone on with.
        """
        imports = self.env[model]
        if not imports.has_access("create"):
            return ()
        begun = imports.search(
            [("state", "in", ("draft", "checked", "failed"))], limit=1
        )
        buttons = [
            (
                self.env._("Import a file"),
                {
                    "type": "ir.actions.act_window",
                    "name": self.env._("Import a file"),
                    "res_model": model,
                    "res_id": begun.id,
                    "views": [[False, "form"]],
                },
            )
        ]
        if imports.search_count([("state", "=", "done")], limit=1):
            xmlid = f"vip_service.{model.replace('.', '_')}_action"
            buttons.append((self.env._("Files so far"), xmlid))
        return tuple(buttons)

    @api.model
    def _activity_step(self):
        count = self._many("vip.activity", [])
        return Step(
            "vip_service/activity",
            self.env._("Activity of the last 12 months"),
            bool(count),
            self.env._("%s figures", count or 0),
            needs=() if self._has_clients() else (self.env._("Clients"),),
            why=self.env._(
                "What each client deposited and traded, month by month: the only thing "
                "that tiers are judged by."
            ),
            buttons=self._import_buttons("vip.activity.import"),
            minutes=6,
            sequence=80,
        )

    @api.model
    def _has_clients(self):
        found = self.env["res.partner"].search_count(
            [("client_type", "!=", False)], limit=1
        )
        return bool(found)

    @api.model
    def _reviews(self):
        return self.env["vip.tier.review"].search_count(
            [("state", "=", "done")], limit=1
        )

    @api.model
    def _review_step(self):
        done = bool(self._reviews())
        lacking = []
        if not self._has_clients():
            lacking.append(self.env._("Clients"))
        if not self.env["vip.activity"].search_count([], limit=1):
            lacking.append(self.env._("Activity of the last 12 months"))
        return Step(
            "vip_service/review",
            self.env._("First review"),
            done,
            self.env._("done") if done else self.env._("not yet"),
            needs=tuple(lacking),
            why=self.env._(
                "Try the thresholds on past months first: a back-test changes nothing. "
                "The review proposes who rises and falls, and managers decide together: "
                "who let it run does not decide."
            ),
            buttons=self._review_buttons(),
            minutes=5,
            sequence=90,
        )

    @api.model
    def _review_buttons(self):
        review = self.env._("Review a month")
        return (
            (
                review,
                {
                    "type": "ir.actions.act_window",
                    "name": review,
                    "res_model": "vip.tier.review",
                    "views": [[False, "form"]],
                },
            ),
            (self.env._("Try first"), "vip_service.vip_tier_backtest_action"),
        )
