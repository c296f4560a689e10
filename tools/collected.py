"""pytest plugin: collect test classes as Odoo's own loader does."""


def pytest_collection_modifyitems(config, items):
    """Leave out classes that a test module only imports, as bases for its own."""
    imported = [item for item in items if _is_imported(item)]
    if imported:
        config.hook.pytest_deselected(items=imported)
        items[:] = [item for item in items if not _is_imported(item)]


def _is_imported(item) -> bool:
    cls = getattr(item, "cls", None)
    return cls is not None and cls.__module__ != item.module.__name__
