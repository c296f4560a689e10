"""Memory for a browser that a test starts itself."""

import resource
from contextlib import contextmanager


@contextmanager
def browser_room():
    """Let a browser start: it reserves more memory than Odoo allows its own process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
