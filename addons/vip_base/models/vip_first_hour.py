from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools.groups import (
    ADMIN_GROUP,
    ADVISER_GROUP,
    AGENT_GROUP,
    AUDITOR_GROUP,
    MANAGER_GROUP,
)
from ..tools.setup import Step
from ..tools.written import written_number

#: Who proposes is not who decides: below so many managers nothing is ever decided.
MANAGERS_NEEDED = 2
#: Beyond this nobody counts.
MANY = 10_000


class VipFirstHour(models.AbstractModel):
    """From an empty database to the first judged month, step by step.

    Each addon adds its steps; whether one is done says the data. Nothing is stored.
    """

    _name = "vip.first.hour"
    _description = "First Hour"

    @api.model
    @api.readonly
    def page(self):
        """Return what the page shows: the steps in order, and what is not right yet.

        :raise AccessError: neither an administrator nor an auditor
        """
        self._check_reader()
        steps = sorted(self._steps(), key=lambda step: (step.sequence, step.key))
        checks = self.env["vip.operations"]._checks()
        return {
            "steps": [self._told(step) for step in steps],
            "left": sum(step.minutes for step in steps if not step.done),
            "all": sum(step.minutes for step in steps),
            "checks": [
                self.env["vip.operations"]._told(check)
                for check in checks
                if check.first
            ],
            "ready": [
                {"text": text, "value": value, "action": self._window(action)}
                for text, value, action in self._shipped()
            ],
            "may_edit": self.env.user.has_group(ADMIN_GROUP),
            "is_home": self._is_start(),
        }

    # Where administrators start until the first month is judged

    @api.model
    def _is_over(self):
        """Return whether the first month is judged. To be extended by who judges."""
        return True

    @api.model
    def _is_start(self):
        """Return whether the current user starts here."""
        return (
            self.env["vip.home"]._roles()[-1:] == ["admin"]
            and not self.env.user.action_id
            and not self._is_over()
        )

    @api.model
    def hide(self):
        """Let the current user start on the home of the role, as everybody else.

        :return: the action of that home
        """
        self._check_reader()
        # One's own start page is everybody's to choose.
        self.env.user.action_id = self.env.ref("vip_base.vip_home_action").id
        return self._window("vip_base.vip_home_action")

    @api.model
    def _summary(self):
        """Return what the home of an administrator says of it, nothing once it is over."""
        if self._is_over():
            return None
        steps = sorted(self._steps(), key=lambda step: (step.sequence, step.key))
        left = [step for step in steps if not step.done]
        ready = next((step for step in left if not step.needs), None)
        return {
            "done": len(steps) - len(left),
            "all": len(steps),
            "next": ready.title if ready else "",
        }

    @api.model
    def _check_reader(self):
        user = self.env.user
        if not (user.has_group(ADMIN_GROUP) or user.has_group(AUDITOR_GROUP)):
            raise AccessError(self.env._("Administrators set the service up."))

    @api.model
    def _told(self, step):
        return {
            "key": step.key,
            "title": step.title,
            "done": step.done,
            "text": step.text,
            "needs": list(step.needs),
            "why": step.why,
            "buttons": [
                {"label": label, "action": self._window(action)}
                for label, action in step.buttons
            ],
            "heads": list(step.heads),
            "rows": [list(row) for row in step.rows],
            "minutes": step.minutes,
        }

    @api.model
    def _window(self, action):
        """Return an action as the page opens it; False where the reader may not."""
        if not action or isinstance(action, dict):
            return action or False
        window = self.env.ref(action, raise_if_not_found=False)
        if not window:
            return False
        # As superuser: which window it is; what it shows is read by own rights.
        found = window.sudo()._get_action_dict()
        model = found.get("res_model")
        if model and not self.env[model].has_access("read"):
            return False
        return found

    # To be extended

    @api.model
    def _steps(self):
        """Return the steps (``tools/setup.py``), in any order. To be extended."""
        return [self._hours_step(), self._people_step()]

    @api.model
    def _shipped(self):
        """Return triples of text, number and xmlid of what is there from the first day.

        To be extended.
        """
        return []

    @api.model
    def _many(self, model, domain):
        """Return how many records there are as text; of very many only that they are.

        The page and the tile of a home are counted often.
        """
        count = self.env[model].search_count(domain, limit=MANY + 1)
        if count > MANY:
            return self.env._("more than %s", written_number(self.env, MANY))
        return written_number(self.env, count) if count else ""

    # Steps of the ground

    @api.model
    def _form(self, record, name, view=None):
        """Return the window that edits one record over the page."""
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": record._name,
            "res_id": record.id,
            "views": [[view or False, "form"]],
            "target": "new",
        }

    @api.model
    def _hours_step(self):
        # As superuser: how the company works, for who sets it up.
        company = self.env.company.sudo()
        calendar = company.resource_calendar_id
        title = self.env._("Working hours and zone")
        done = bool(calendar.attendance_ids and calendar.tz)
        text = self.env._("no working hours: promises would run around the clock")
        if done:
            text = f"{calendar.name} · {calendar.tz}"
        buttons = ()
        if calendar and self.env["resource.calendar"].has_access("write"):
            buttons = ((self.env._("Change"), self._form(calendar, title)),)
        return Step(
            "vip_base/hours",
            title,
            done,
            text,
            why=self.env._(
                "In this zone days and months are counted, and promises run in these "
                "hours where a team has none of its own."
            ),
            buttons=buttons,
            minutes=3,
            sequence=10,
        )

    @api.model
    def _people_step(self):
        counts = self._people()
        managers = counts[MANAGER_GROUP]
        done = managers >= MANAGERS_NEEDED and counts[AGENT_GROUP] > managers
        text = self.env._(
            "%(agents)s agents, %(advisers)s advisers, %(managers)s managers",
            agents=counts[AGENT_GROUP] - counts[ADVISER_GROUP],
            advisers=counts[ADVISER_GROUP] - managers,
            managers=managers,
        )
        return Step(
            "vip_base/people",
            self.env._("People and roles"),
            done,
            text,
            why=self.env._(
                "Whoever proposes does not decide: two managers at least, and somebody "
                "who works on requests. Users ▸ New: name, login, and the role under VIP "
                "Service. They are invited by e-mail; without outgoing mail the wheel of "
                "a user gives a first password."
            ),
            buttons=(
                ((self.env._("Users"), "base.action_res_users"),)
                if self.env["res.users"].has_access("write")
                else ()
            ),
            minutes=5,
            sequence=30,
        )

    @api.model
    def _people(self):
        """Return {xmlid of a role: how many internal users have it}; roles are nested."""
        # As superuser: how many, not who.
        users = self.env["res.users"].sudo()
        found = {}
        for group in AGENT_GROUP, ADVISER_GROUP, MANAGER_GROUP:
            domain = (
                Domain("share", "=", False)
                & Domain("active", "=", True)
                & Domain("all_group_ids", "in", self.env.ref(group).ids)
                & Domain("company_ids", "in", self.env.company.ids)
            )
            found[group] = users.search_count(domain)
        return found
