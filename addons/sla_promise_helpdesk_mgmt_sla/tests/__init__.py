from . import test_taken_doctests
from . import test_takeover
