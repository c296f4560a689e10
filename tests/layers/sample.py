"""Made-up addons, on which the tests of this folder try their own rules."""

from pathlib import Path

from .host import Host
from .owners import Owners

#: ``upper`` stands on ``lower``; ``desk`` and its ``desk.ticket`` are the host's.
ARROWS = {"lower": {"base"}, "upper": {"lower", "desk"}}

FILES = {
    "host/base/__manifest__.py": "{'name': 'Base'}",
    "host/base/models/users.py": """
class Users(Model):
    _name = "res.users"
class Access(Model):
    _name = "ir.model.access"
""",
    "host/desk/__manifest__.py": "{'name': 'Desk', 'depends': ['base']}",
    "host/desk/models/ticket.py": "class Ticket(Model):\n    _name = 'desk.ticket'\n",
    "addons/lower/__manifest__.py": "{'name': 'Low', 'depends': ['base']}",
    "addons/lower/models/low_note.py": """
class LowNote(models.Model):
    _name = "low.note"

    text = fields.Char()
""",
    "addons/lower/data/lower.xml": '<odoo><record id="note" model="low.note" /></odoo>',
    "addons/upper/__manifest__.py": "{'name': 'High', 'depends': ['lower', 'desk']}",
    "addons/upper/models/high_thing.py": """
class HighThing(models.Model):
    _name = "high.thing"

    state = fields.Selection([("new", "New"), ("old", "Old")])
    note_ids = fields.Many2many("low.note")
    ticket_id = fields.Many2one("desk.ticket")
""",
    "addons/upper/models/res_users.py": """
class ResUsers(models.Model):
    _inherit = "res.users"

    high_level = fields.Integer()

    def _rise(self):
        return self.high_level + 1
""",
    "addons/upper/data/upper.xml": '<odoo><record id="one" model="high.thing" /></odoo>',
}


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write the sample and these files; return the folder of the addons."""
    for name, text in {**FILES, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "addons"


def owners(folder: Path, files: dict[str, str], arrows=ARROWS) -> Owners:
    """Return whose names are whose in the sample with these files."""
    return Owners(write(folder, files), arrows, Host([folder / "host"]))
