from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError

from ..tools.groups import MANAGER_GROUP

#: Who decides on leave: of us, and of the time-off app where it is installed.
LEAVE_GROUPS = (MANAGER_GROUP, "hr_holidays.group_hr_holidays_user")
#: Whom the host lets close for everybody as well.
HOST_GROUP = "base.group_erp_manager"


class ResourceCalendarLeaves(models.Model):
    """Who may enter, change and delete leave: looked at before and after the change.

    Pay and promises depend on it. What closes for everybody is entered by who decides on
    leave in that company; leave of a person by that person as long as nobody has
    approved it, else by who decides. What systems do as superuser is free.
    """

    _inherit = "resource.calendar.leaves"

    def _check_entitled(self):
        """Refuse what the user may not do with these leaves as they are now.

        :raise AccessError: it is not theirs, or approved, or of another company
        """
        if self.env.su:
            return
        for leave in self:
            if not leave._is_entitled():
                raise AccessError(leave._not_entitled_text())

    def _is_entitled(self):
        """Tell whether the user may enter, change or delete this leave."""
        # As superuser: who changes it may not read resources of another company.
        leave = self.sudo()
        if leave.resource_id.resource_type == "material":
            return True  # machines: as the host's rules say
        if leave.resource_id.user_id in self.env.user._same_person():
            return not leave.is_approved
        if self._decides_on_leave():
            return True
        return (
            not leave.resource_id
            and self.env.user.has_group(HOST_GROUP)
            and self._is_in_own_companies()
        )

    def _decides_on_leave(self):
        """Tell whether the user decides on leave in the company of this one."""
        user = self.env.user
        return self._is_in_own_companies() and any(map(user.has_group, LEAVE_GROUPS))

    def _approves(self):
        """Tell whether it is approved leave when the user signs it.

        What the system itself enters, such as loaded history, is.
        """
        leave = self.sudo()  # see above
        if leave.resource_id.user_id == self.env.user:
            return False
        return (
            self.env.uid == SUPERUSER_ID
            or self._decides_on_leave()
            or self.env.user in leave._leave_managers()
        )

    def _leave_managers(self):
        """Return who approves this person's leave by the time-off app."""
        employees = self.resource_id
        for name in ("employee_id", "leave_manager_id"):
            if name not in employees._fields:
                return self.env["res.users"]
            employees = employees[name]
        return employees

    def _is_in_own_companies(self):
        leave = self.sudo()  # see above
        companies = leave.company_id | leave.resource_id.company_id
        own = self.env.user.company_ids
        if not companies:  # it is one of all
            return not companies.search_count([("id", "not in", own.ids)], limit=1)
        return companies <= own

    def _not_entitled_text(self):
        """Return why the user may not do this."""
        leave = self.sudo()  # only whose it is
        if leave.resource_id.user_id in self.env.user._same_person():
            return self.env._(
                "Your leave is approved: whoever decides on leave changes it."
            )
        if leave.resource_id:
            return self.env._(
                "Leave of others is entered by service managers and those who decide on "
                "time off, in their companies."
            )
        return self.env._(
            "What closes for everybody is entered by service managers and those who "
            "decide on time off, in their companies."
        )

    # In the audit log: no name of a person, and not why somebody is away

    def _audited_fields(self):
        return {
            "name",
            "date_from",
            "date_to",
            "calendar_id",
            "company_id",
            "resource_id",
            "time_type",
        }

    @api.model
    def _audited_kind(self):
        return self.env._("Leave or holiday")

    def _audited_name(self):
        return self.env._("Leave") if self.resource_id else super()._audited_name()

    def _audited_values(self, names):
        values = super()._audited_values(names)
        if self.resource_id:
            values.update({"name": None} if "name" in values else {})
            if "resource_id" in values:
                values["resource_id"] = self.resource_id.id
        return values
