"""One way up and down: addons are installed, used, and uninstalled with what is in them.

``python -m tests.matrix.trip DATABASE REPORT PLAN`` runs in a process of its own and
writes its findings to the file REPORT; what Odoo says goes to its output, with a line for
each step (``STEP``) before it.
"""

import json
import sys
from pathlib import Path

from tests.matrix.addons import below, bottom_up
from tests.matrix.matrix import STEP
from tests.matrix.story import STORIES, Scene
from tests.matrix.traces import Links, Owned, there
from tools.environment import superuser


class Trip:
    """The steps of a trip in one database; ``findings`` is what went wrong."""

    def __init__(self, env):
        self.env = env
        self.findings = []
        self.told = {}

    def go(self, needs, up, down):
        """Install ``up`` (a list of lists), tell, uninstall ``down``, then the rest."""
        self.env["ir.module.module"].update_list()
        self.install(needs)
        bare = there(self.env)
        for names in up:
            self.install(names)
        for addon in self.installed():
            self.tell(addon)
        links = Links(self.env)
        for names in down:
            self.uninstall(names)
        rest = self.installed()
        if rest:
            self.uninstall([name for name in rest if not below(name) & set(rest)])
        self.find("at the end", self._named(there(self.env) - bare))
        self.find("at the end", links.lost(self.env))

    def installed(self):
        """Return our addons that are installed, bottom-up."""
        known = set(
            self.env["ir.module.module"]
            .search([("state", "=", "installed")])
            .mapped("name")
        )
        return [name for name in bottom_up() if name in known]

    def find(self, when, what):
        self.findings += [f"{when}: {each}" for each in what]

    def install(self, names):
        modules = self._modules(names).filtered(lambda m: m.state != "installed")
        if modules:
            self.step(f"installing {', '.join(modules.mapped('name'))}")
            modules.button_immediate_install()

    def uninstall(self, names):
        names = [name for name in names if name in self.installed()]
        gone = {
            above for above in self.installed() if {above, *below(above)} & {*names}
        }
        owned = [Owned.by(self.env, addon) for addon in sorted(gone)]
        self.step(f"uninstalling {', '.join(names)}")
        self._modules(names).button_immediate_uninstall()
        for each in owned:
            self.find(f"after {each.addon}", each.left(self.env))
        still = gone & set(self.installed())
        self.find("still installed", sorted(still))

    def tell(self, addon):
        self.step(f"using {addon}")
        for story in STORIES.get(addon, ()):
            story(Scene(self.env))
            self.env.cr.commit()
        self.run_jobs(addon)
        owned = Owned.by(self.env, addon)
        self.told[addon] = {
            "tables": len(owned.tables),
            "empty": owned.empty(self.env),
        }

    def run_jobs(self, addon):
        """Run each scheduled job of the addon once, as from its form."""
        data = self.env["ir.model.data"].search(
            [("module", "=", addon), ("model", "=", "ir.cron")]
        )
        for job in self.env["ir.cron"].browse(data.mapped("res_id")):
            self.step(f"running {job.cron_name}")
            job.method_direct_trigger()
            self.env.cr.commit()

    def step(self, text):
        self.env.cr.commit()
        print(f"{STEP}{text}", flush=True)

    def _modules(self, names):
        return self.env["ir.module.module"].search([("name", "in", names)])

    def _named(self, names):
        return sorted(f"{kind} {name}" for kind, name in names)


def main(database, report, plan):
    with superuser(database, log_level="info") as env:
        trip = Trip(env)
        trip.go(**json.loads(plan))
        Path(report).write_text(
            json.dumps({"findings": trip.findings, "told": trip.told})
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
