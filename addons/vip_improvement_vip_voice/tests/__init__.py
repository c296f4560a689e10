from . import test_repeats
