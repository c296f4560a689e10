"""What all transactions of a process remember of the database."""

import functools

from odoo.tools import ormcache


class remembered(ormcache):
    """An ormcache of what transactions write.

    Whoever writes what it is read from clears the caches of the registry. From then to
    the end of that transaction its thread reads and keeps nothing: what it would keep
    might be rolled back, with a savepoint as well, and nobody would clear it again.
    """

    def __call__(self, method):
        cached = super().__call__(method)

        @functools.wraps(method)
        def lookup(model, *args, **kwargs):
            if self.cache_name in model.env.registry.cache_invalidated:
                return method(model, *args, **kwargs)
            return cached(model, *args, **kwargs)

        lookup.__cache__ = self
        return lookup
