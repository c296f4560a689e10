import { loadBundle } from "@web/core/assets";

import { activityChartConfig } from "./activity_chart_config";

import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";

/** The drawing itself; it lives and dies with the canvas. */
export class ActivityChart extends Component {
    static template = "vip_service.ActivityChart";
    static props = { months: Array, series: Array };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (months, series) => {
                const { color, fontFamily } = getComputedStyle(
                    this.canvas.el.parentElement
                );
                const config = activityChartConfig(months, series, {
                    color,
                    fontFamily,
                });
                const chart = new Chart(this.canvas.el, config);
                return () => chart.destroy();
            },
            () => [this.props.months, this.props.series]
        );
    }

    /** Names the drawing for those who cannot see it. */
    get description() {
        return this.props.series.map(({ name }) => name).join(", ");
    }
}
