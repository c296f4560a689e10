"""The shipped rules of key points come once; who deletes one does not get it back."""

from odoo import SUPERUSER_ID, api
from odoo.tools import convert_file

DATA = "data/vip_key_point_data.xml"


def migrate(cr, _version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    known = [("module", "=", "vip_service"), ("model", "=", "vip.key.point.rule")]
    if not env["ir.model.data"].search_count(known):
        convert_file(env, "vip_service", DATA, {}, mode="init", noupdate=True)
