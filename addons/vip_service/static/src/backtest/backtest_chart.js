import { loadBundle } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";

import { backtestChartConfig } from "./backtest_chart_config";

import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";

/** Rises above and falls below the line, month by month. */
export class BacktestChart extends Component {
    static template = "vip_service.BacktestChart";
    static props = { months: Array, tiers: Array };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (months, tiers) => {
                const { color, fontFamily } = getComputedStyle(
                    this.canvas.el.parentElement
                );
                const config = backtestChartConfig(months, tiers, {
                    color,
                    fontFamily,
                });
                const chart = new Chart(this.canvas.el, config);
                return () => chart.destroy();
            },
            () => [this.props.months, this.props.tiers]
        );
    }

    /** Names the drawing for those who cannot see it. */
    get description() {
        return _t("Rises and falls per month and tier");
    }
}
