"""Clients ask for calls, and choose the service item of what they ask for."""

from odoo import SUPERUSER_ID, api
from odoo.tools import convert_file


def migrate(cr, _version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    convert_file(
        env, "vip_service", "data/helpdesk_category_data.xml", {}, "init", noupdate=True
    )
