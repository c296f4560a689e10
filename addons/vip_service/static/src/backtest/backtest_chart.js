import { _t } from "@web/core/l10n/translation";

import { useChart } from "@vip_base/core/chart";
import { backtestChartConfig } from "./backtest_chart_config";

import { Component } from "@odoo/owl";

/** Rises above and falls below the line, month by month. */
export class BacktestChart extends Component {
    static template = "vip_service.BacktestChart";
    static props = { months: Array, tiers: Array };

    setup() {
        useChart(
            (style, months, tiers) => backtestChartConfig(months, tiers, style),
            () => [this.props.months, this.props.tiers]
        );
    }

    /** Names the drawing for those who cannot see it. */
    get description() {
        return _t("Rises and falls per month and tier");
    }
}
