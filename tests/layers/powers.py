"""Where code takes the rights of the superuser, and whether it says why that is safe."""

import ast
import io
import tokenize
from pathlib import Path

#: The word by which a reason is known: "As superuser: …".
WORD = "superuser"


def unexplained(path: Path) -> list[int]:
    """Return the lines of a file with a ``sudo()`` of which nothing says why.

    A reason stands in the comment at the end of its line, in a comment above it in the
    same function that names the superuser, or in the docstring of that function.
    """
    source = path.read_text()
    if ".sudo(" not in source:
        return []
    comments = {
        token.start[0]: token.string
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    found = []
    for function, call in _calls(ast.parse(source)):
        line = call.end_lineno
        first = function.lineno if function else 1
        above = (text for at, text in comments.items() if first <= at <= line)
        said = line in comments or any(WORD in text for text in above)
        if not said and WORD not in (function and ast.get_docstring(function) or ""):
            found.append(line)
    return found


def _calls(tree, function=None):
    """Yield (the function around it or None, the call) of each ``sudo()``."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call) and _is_sudo(node):
            yield function, node
        inner = node if isinstance(node, ast.FunctionDef) else function
        yield from _calls(node, inner)


def _is_sudo(call):
    """Tell whether a call takes these rights, not only keeps or gives back."""
    name = getattr(call.func, "attr", None)
    flag = call.args[0] if call.args else None
    keeps = flag is not None and getattr(flag, "value", None) is not True
    return name == "sudo" and not keeps
