from . import test_host_rating_chinese
