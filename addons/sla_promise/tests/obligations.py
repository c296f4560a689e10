"""Two obligations that a test declares: a reply, which an answer meets, and a report."""

from unittest.mock import patch

from odoo import Command

from odoo.addons.vip_base.tools.times import at_context

from ..engine.obligations import Obligation

DECLARED = {
    one.key: one
    for one in (
        Obligation("t.reply", "Reply", "the client", for_client=True, by_answer=True),
        Obligation("t.report", "Report", "the regulator", duration=2, unit="weeks"),
    )
}


class Obligations:
    """Mixed into a case of promises."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        model = type(cls.env["sla.obligation"])
        cls.startClassPatcher(
            patch.object(model, "_declared", lambda _self: DECLARED),
        )

    @property
    def obligations(self):
        return Happening(self.env)

    @classmethod
    def owing(cls, name, limits, category_ids=(), **target):
        """Make a policy that promises obligations within so many minutes."""
        return cls.env["sla.policy"].create(
            {
                "name": name,
                "category_ids": [Command.set(category_ids)],
                "target_ids": [
                    Command.create(
                        {
                            "metric": key,
                            "duration": duration,
                            "calendar_mode": "always",
                            **target,
                        }
                    )
                    for key, duration in limits.items()
                ],
            }
        )


class Happening:
    """The obligations as of an instant."""

    def __init__(self, env):
        self.env = env

    def _at(self, at):
        return self.env["sla.obligation"].with_context(**at_context(at))
