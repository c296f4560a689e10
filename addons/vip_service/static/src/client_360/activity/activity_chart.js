import { useChart } from "@vip_base/core/chart";

import { activityChartConfig } from "./activity_chart_config";

import { Component } from "@odoo/owl";

/** Twelve months of one metric, with the thresholds of the tiers behind the bars. */
export class ActivityChart extends Component {
    static template = "vip_service.ActivityChart";
    static props = { months: Array, series: Object, toDate: Boolean };

    setup() {
        useChart(
            (style, months, series, toDate) =>
                activityChartConfig(months, series, { style, toDate }),
            () => [this.props.months, this.props.series, this.props.toDate]
        );
    }
}
