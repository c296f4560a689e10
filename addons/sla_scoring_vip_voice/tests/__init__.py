from . import test_held
