"""pytest plugin: the examples in docstrings are tests, where there are any."""

from _pytest.doctest import DoctestModule

from tools.plain import has_examples


def pytest_collect_file(file_path, parent):
    if has_examples(file_path):
        return DoctestModule.from_parent(parent, path=file_path)
    return None
