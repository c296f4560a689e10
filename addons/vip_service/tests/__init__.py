from . import test_host_chinese
