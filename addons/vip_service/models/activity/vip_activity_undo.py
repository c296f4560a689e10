from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import event_time, month_name


class VipActivityImport(models.Model):
    """An import is taken back until one of its months is reviewed."""

    _inherit = "vip.activity.import"

    state = fields.Selection(
        selection_add=[("undone", "Taken back")], ondelete={"undone": "set default"}
    )
    undone_by_id = fields.Many2one(
        "res.users", string="Taken back by", readonly=True, copy=False
    )
    undone_at = fields.Datetime(string="Taken back at", readonly=True, copy=False)
    restored_count = fields.Integer(
        string="Facts that came back", readonly=True, copy=False
    )

    def action_undo(self):
        """Take this import back: its facts count no more, and what they replaced does.

        What a later import replaced stays as that one says. Clients that were created
        stay.

        :raises UserError: a month of it is reviewed, or nothing was imported
        """
        self.ensure_one()
        self.check_access("write")
        self._lock_target()
        self._check_undoable()
        restored = self._take_back_facts(event_time(self.env))
        # As superuser: checked above; what arrived and waits is written by imports only.
        own = [("import_id", "=", self.id)]
        self.env["vip.source.delivery"].sudo().search(own).unlink()
        self.env["vip.activity.waiting"].sudo().search(own).unlink()
        self.sudo().write(
            {
                "state": "undone",
                "undone_by_id": self.env.uid,
                "undone_at": event_time(self.env),
                "restored_count": restored,
            }
        )
        if self.month_from:
            reviews = self.env["vip.tier.review"]
            reviews._figures_changed(self.company_id, self.month_from, self.month_to)
        return True

    def _check_undoable(self):
        if self.state != "done":
            raise UserError(self.env._("Only what was imported is taken back."))
        # As superuser: which months were reviewed is no secret of who may import.
        reviewed = self.env["vip.tier.review"].sudo()._reviewed_up_to(self.company_id)
        if reviewed and self.month_from and self.month_from <= reviewed:
            raise UserError(
                self.env._(
                    "%s is reviewed: its figures are corrected by another file, and the "
                    "review shows what that changes.",
                    month_name(self.env, min(reviewed, self.month_to)),
                )
            )

    def _take_back_facts(self, at):
        """Let the facts of this import count no more; return how many others come back."""
        self.env["vip.activity"].flush_model()
        self.flush_model(["state"])
        self._find_replaced()
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_activity SET superseded_at = %s, superseded_by_id = %s
                 WHERE import_id = %s AND superseded_at IS NULL
                """,
                *(at, self.env.uid, self.id),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO vip_activity (
                       company_id, partner_id, alias_id, metric_id, month, value,
                       currency_id, rate, value_company, version, recorded_at,
                       recorded_by_id, import_id)
                SELECT company_id, partner_id, alias_id, metric_id, month, value,
                       currency_id, rate, value_company, version, %s, %s, import_id
                  FROM vip_activity WHERE id IN (SELECT id FROM vip_import_replaced)
                """,
                *(at, self.env.uid),
            )
        )
        restored = self.env.cr.rowcount
        self.env["vip.activity"].invalidate_model(flush=False)
        return restored

    def _find_replaced(self):
        """Fill ``vip_import_replaced``: what the facts of this import have replaced.

        Where that was of an import that was taken back meanwhile, it is what that one had
        replaced.
        """
        self.env.cr.execute(
            SQL(
                """
                DROP TABLE IF EXISTS vip_import_replaced;
                CREATE TEMP TABLE vip_import_replaced ON COMMIT DROP AS
                SELECT id, TRUE AS undone FROM vip_activity
                 WHERE import_id = %s AND superseded_at IS NULL
                """,
                self.id,
            )
        )
        while self._step_back():
            pass

    def _step_back(self):
        """Put what was replaced in the place of what was taken back; return if any was."""
        self.env.cr.execute(
            SQL(
                """
                WITH back AS (
                    DELETE FROM vip_import_replaced WHERE undone RETURNING id)
                INSERT INTO vip_import_replaced
                SELECT DISTINCT ON (f.id) o.id,
                       COALESCE(i.state = 'undone' OR i.id = %s, FALSE)
                  FROM back
                  JOIN vip_activity f ON f.id = back.id
                  JOIN vip_activity o
                    ON o.company_id = f.company_id AND o.partner_id = f.partner_id
                   AND o.metric_id = f.metric_id AND o.month = f.month
                   AND COALESCE(o.alias_id, 0) = COALESCE(f.alias_id, 0)
                   AND o.superseded_at = f.recorded_at AND o.id < f.id
                  LEFT JOIN vip_activity_import i ON i.id = o.import_id
                 ORDER BY f.id, o.id DESC
                """,
                self.id,
            )
        )
        [[undone]] = self.env.execute_query(
            SQL("SELECT EXISTS (SELECT FROM vip_import_replaced WHERE undone)")
        )
        return undone
