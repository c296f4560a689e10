from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.shared import shared
from odoo.addons.vip_base.tools.times import event_time

#: Under which key it is read with the numbers of a home.
PUT_OFF = "vip_service/put_off"
#: Nobody puts anything off for longer.
LONGEST = timedelta(days=31)


class VipPutOff(models.Model):
    """What somebody does later: kept for that person alone.

    It comes back when its time is over, and before when it is to be done since another
    instant: when the client writes after an answer, the next one is not put off.
    """

    _name = "vip.put.off"
    _description = "Put Off"
    _order = "until, id"
    _rec_name = "key"

    user_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.uid,
    )
    key = fields.Char(string="Action", required=True, readonly=True)
    since = fields.Char(
        readonly=True, help="Since when it was to be done when it was put off."
    )
    until = fields.Datetime(required=True, readonly=True)

    _action_uniq = models.UniqueIndex("(user_id, key)")

    @api.autovacuum
    def _gc_put_off(self):
        """Forget what is over."""
        # As superuser: everybody's.
        self.sudo().search([("until", "<", fields.Datetime.now())]).unlink()


class VipHome(models.AbstractModel):
    """What is to be done next may be put off: by the person, for that person."""

    _inherit = "vip.home"

    @api.model
    def _put_off(self):
        """Return {key: (since, until)} of what the user has put off; read once."""
        return shared(self.env, "vip_service/put_off", self._read_put_off)

    @api.model
    def _read_along(self):
        return {**super()._read_along(), PUT_OFF: self._put_off_sql()}

    @api.model
    def _put_off_sql(self):
        """Return the ``SELECT`` of what the user has put off, as one JSON value."""
        self.env["vip.put.off"].flush_model()
        return SQL(
            """
            SELECT COALESCE(jsonb_object_agg(key, jsonb_build_array(
                       COALESCE(since, ''), date_trunc('second', until)::text)), '{}')
              FROM vip_put_off WHERE user_id = %s AND until > %s
            """,
            self.env.uid,
            event_time(self.env),
        )

    @api.model
    def _read_put_off(self):
        found = self._found_along().get(PUT_OFF)
        if found is None:
            [[found]] = self.env.execute_query(self._put_off_sql())
        return {
            key: (since, fields.Datetime.to_datetime(until))
            for key, (since, until) in found.items()
        }

    @api.model
    def _is_put_off(self, action):
        """Tell whether an action was put off, and nothing has changed about it since."""
        put_off = self._put_off().get(action["key"])
        return bool(put_off) and put_off[0] == (action["since"] or "")

    @api.model
    def _put_off_told(self):
        """Return how much is put off, and until when the first of it is; or False."""
        times = [until for _since, until in self._put_off().values()]
        return bool(times) and {
            "count": len(times),
            "until": fields.Datetime.to_string(min(times)),
        }

    @api.model
    def _changes_at(self, role):
        """Return also when what was put off is to be done again."""
        times = [until for _since, until in self._put_off().values()]
        return min(
            filter(None, [super()._changes_at(role), *times]),
            default=None,
        )

    @api.model
    def put_off(self, key, since, until):
        """Put an action off until an instant.

        :param key, since: of the action
        :param until: naive UTC, as the web client writes it
        :raise UserError: that is no action, or no time to come within :data:`LONGEST`
        """
        self._checked(None, self._roles())
        now = event_time(self.env)
        if not isinstance(key, str) or not isinstance(since or "", str):
            raise UserError(self.env._("There is no such action."))
        try:
            moment = fields.Datetime.to_datetime(until)
        except (TypeError, ValueError):
            moment = None
        if not moment or not now < moment <= now + LONGEST:
            raise UserError(self.env._("Choose a time within the next 31 days."))
        mine = Domain("user_id", "=", self.env.uid) & Domain("key", "=", key)
        self.env["vip.put.off"].search(mine).unlink()
        self.env["vip.put.off"].create(
            {"key": key, "since": since or False, "until": moment}
        )

    @api.model
    def bring_back(self):
        """Let everything that the user has put off be to be done again."""
        self._checked(None, self._roles())
        self.env["vip.put.off"].search([("user_id", "=", self.env.uid)]).unlink()
