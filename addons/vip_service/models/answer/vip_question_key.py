from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...engine.answer_link import fingerprint, new_key


class VipQuestionKey(models.Model):
    """What lets the one who was asked answer: of each key only a fingerprint is kept.

    A key is made when a mail leaves and stands in that mail alone. Each mail has its
    own, so that one that is sent again leaves the link of the first alive. No role has
    any right on these rows, and who gives himself one finds nothing to answer by.
    """

    _name = "vip.question.key"
    _description = "Key of a Question"
    _inherit = ["vip.hands.off.mixin"]
    _log_access = False
    _rec_name = "question_id"

    question_id = fields.Many2one(
        "vip.question", required=True, readonly=True, ondelete="cascade", index=True
    )
    fingerprint = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)

    _fingerprint_uniq = models.UniqueIndex("(fingerprint)")

    def _guarded_fields(self):
        return self._all_but(())

    def _hands_off(self, names):
        return AccessError(self.env._("Keys are made when a mail leaves."))

    @api.model
    def _issue(self, question):
        """Return a new key to answer ``question`` by."""
        key = new_key()
        # As superuser: nobody makes or reads these.
        self.sudo().create(
            {"question_id": question.id, "fingerprint": fingerprint(key)}
        )
        return key

    @api.model
    def _question_of(self, key):
        """Return the question that a key answers, as superuser; empty: none."""
        # As superuser: who has the key is the one who was asked.
        keys = self.sudo()
        return keys.search([("fingerprint", "=", fingerprint(key))]).question_id
