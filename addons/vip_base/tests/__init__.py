from . import test_access
from . import test_leave_entitled
from . import test_own_chinese
