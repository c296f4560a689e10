"""Who may write what is otherwise changed by a version of the ladder only.

The door travels in the context as an object, which no remote call can put there.
"""

KEY = "vip_ladder_door"


class Door:
    """A way to write tiers in force, or a version that is decided."""

    def __init__(self, name):
        self.name = name

    @property
    def context(self):
        """The context entries through which records are written by this door."""
        return {KEY: self}


#: The ladder is set up by code: data files, a replay. The first version follows.
SETTING_UP = Door("setting up")
#: What stands on tiers follows the version in force, or the whole of which it is a part.
FOLLOWING = Door("following")


def door(env):
    """Return the door through which ``env`` writes, None if there is none."""
    value = env.context.get(KEY)
    return value if isinstance(value, Door) else None
