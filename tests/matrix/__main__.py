"""Take one route of the matrix: ``python -m tests.matrix ROUTE TEMPLATE``."""

import sys

from tests.matrix import matrix


def main(name: str, template: str) -> int:
    [route] = [route for route in matrix.routes() if route.name == name]
    result = matrix.travel(route, template)
    print(matrix.told(result))
    return int(bool(result.findings))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
