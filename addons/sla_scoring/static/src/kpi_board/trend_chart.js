import { loadBundle } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";

import { formatMonth } from "@vip_base/core/format";
import { token } from "@vip_base/tokens/tokens";

import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";

/**
 * Chart.js configuration: one line over the months, and its target as a dashed one.
 *
 * @param {{month: string, value: number|null}[]} series
 * @param {number|null} target
 * @param {{color: string, fontFamily: string}} style of the surrounding text
 * @returns {Object}
 */
export function trendChartConfig(series, target, { color, fontFamily }) {
    const line = (label, data, borderColor, more) => ({
        label,
        data,
        borderColor,
        backgroundColor: borderColor,
        ...more,
    });
    const datasets = [
        line(
            _t("Value"),
            series.map(({ value }) => value),
            token("brand"),
            { pointRadius: 3, tension: 0, spanGaps: false }
        ),
    ];
    if (target) {
        const flat = series.map(() => target);
        datasets.push(
            line(_t("Target"), flat, token("muted"), {
                pointRadius: 0,
                borderDash: [6, 4],
            })
        );
    }
    return {
        type: "line",
        data: { labels: series.map(({ month }) => formatMonth(month)), datasets },
        options: {
            animation: false,
            maintainAspectRatio: false,
            font: { family: fontFamily, size: 12 },
            interaction: { mode: "index", intersect: false },
            plugins: { legend: { display: false } },
            scales: {
                x: { grid: { display: false }, ticks: { color, maxRotation: 0 } },
                y: {
                    beginAtZero: true,
                    grid: { color: token("hair") },
                    border: { display: false },
                    ticks: { color, maxTicksLimit: 5 },
                },
            },
        },
    };
}

/** Twelve months of one figure; a click on a month tells which. */
export class TrendChart extends Component {
    static template = "sla_scoring.TrendChart";
    static props = {
        label: String,
        series: Array,
        target: { type: Number, optional: true },
        onMonth: { type: Function, optional: true },
    };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (series, target) => {
                const style = getComputedStyle(this.canvas.el.parentElement);
                const config = trendChartConfig(series, target, style);
                config.options.onClick = (_event, [point]) =>
                    point && this.props.onMonth?.(series[point.index].month);
                const chart = new Chart(this.canvas.el, config);
                return () => chart.destroy();
            },
            () => [this.props.series, this.props.target]
        );
    }
}
