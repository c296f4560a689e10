from . import res_partner_measure
from . import res_partner_health
from . import res_partner_health_list
from . import vip_health_measure
from . import vip_health_override
from . import vip_health_backtest
from . import vip_health_backtest_row
