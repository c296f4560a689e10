"""Everything behind ``./vip``: set-up, databases, tests, lint.

``paths``, ``console``, ``cache``, ``apt`` and ``ground`` run on the bare
system Python (standard library only); the rest runs inside the environment
that they build.
"""
