import hashlib
import secrets

from odoo import fields, models

from odoo.addons.vip_base.tools import frozen_rows


def kept(words):
    """Return the values of an answer with these words: a row of theirs, and its hash."""
    if not words:
        return {}
    salt = secrets.token_hex(16)
    return {
        "words_salt": salt,
        "words_hash": hashlib.sha256((salt + words).encode()).hexdigest(),
        "words_ids": [(0, 0, {"text": words})],
    }


class VipAnswerWords(models.Model):
    """What a client wrote: kept apart, so that it alone can be erased.

    The database lets the text become empty and nothing else. The answer keeps a salted
    hash: whether a text is the one that was given can be shown, the text cannot be had.
    """

    _name = "vip.answer.words"
    _description = "Words of a Client"
    _inherit = ["vip.hands.off.mixin"]
    _log_access = False
    _rec_name = "answer_id"

    answer_id = fields.Many2one(
        "vip.answer", required=True, readonly=True, ondelete="restrict", index=True
    )
    text = fields.Text(readonly=True)

    _answer_uniq = models.UniqueIndex("(answer_id)")

    def init(self):
        """Make the database itself keep the words, unless they are erased."""
        frozen_rows.freeze(self.env.cr, self._table, forgettable=("text",))

    def _guarded_fields(self):
        return self._all_but(())

    def _erase(self):
        self.write({"text": False})
