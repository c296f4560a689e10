from . import test_takeover
from . import test_taken_doctests
