from odoo import models

#: What the voice's own figures serve as: the board follows them, nobody is paid by them.
NOTHING = frozenset()


class Nps(models.AbstractModel):
    _inherit = "vip.figure.nps"
    _serves = NOTHING


class AskedCount(models.AbstractModel):
    _inherit = "vip.figure.asked"
    _serves = NOTHING


class ReachedCount(models.AbstractModel):
    _inherit = "vip.figure.reached"
    _serves = NOTHING


class AnswerShare(models.AbstractModel):
    _inherit = "vip.figure.answer.share"
    _serves = NOTHING


class ComplaintCount(models.AbstractModel):
    _inherit = "vip.figure.complaints"
    _serves = NOTHING


class RecoveredShare(models.AbstractModel):
    _inherit = "vip.figure.recovered"
    _serves = NOTHING
