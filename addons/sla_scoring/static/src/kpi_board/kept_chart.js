import { loadBundle } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate } from "@web/core/l10n/dates";

import { token } from "@vip_base/tokens/tokens";

import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";

/** What began in a month: a dotted line, its words in the tooltip and below. */
function marksPlugin(series, marks) {
    return {
        id: "vipMarks",
        afterDatasetsDraw({ ctx, chartArea, scales }) {
            ctx.save();
            ctx.strokeStyle = token("still-s");
            ctx.setLineDash([2, 3]);
            for (const { month } of marks) {
                const place = series.findIndex((one) => one.month === month);
                if (place >= 0) {
                    const x = scales.x.getPixelForValue(place);
                    ctx.beginPath();
                    ctx.moveTo(x, chartArea.top);
                    ctx.lineTo(x, chartArea.bottom);
                    ctx.stroke();
                }
            }
            ctx.restore();
        },
    };
}

/**
 * Chart.js configuration: net and gross of twelve months, the target, what began.
 *
 * @param {{month: string, net: Object, gross: Object}[]} series
 * @param {{month: string, text: string}[]} marks
 * @param {number|null} target
 * @param {{color: string, fontFamily: string}} style of the surrounding text
 * @returns {Object}
 */
export function keptChartConfig(series, marks, target, { color, fontFamily }) {
    const values = (name) => series.map((one) => one[name].value);
    const known = [...values("net"), ...values("gross")].filter((one) => one !== null);
    const datasets = [
        {
            label: _t("Net"),
            data: values("net"),
            borderColor: token("brand"),
            backgroundColor: token("brand"),
            pointRadius: 3,
        },
        {
            label: _t("Gross"),
            data: values("gross"),
            borderColor: token("muted"),
            backgroundColor: token("muted"),
            borderDash: [2, 2],
            borderWidth: 1.5,
            pointRadius: 0,
        },
    ];
    if (target) {
        datasets.push({
            label: _t("Target value"),
            data: series.map(() => target),
            borderColor: token("ink"),
            borderDash: [6, 4],
            borderWidth: 1,
            pointRadius: 0,
        });
    }
    const text = Object.fromEntries(marks.map((mark) => [mark.month, mark.text]));
    return {
        type: "line",
        data: {
            labels: series.map(({ month }) =>
                deserializeDate(month).toLocaleString({ month: "short" })
            ),
            datasets,
        },
        plugins: [marksPlugin(series, marks)],
        options: {
            animation: false,
            maintainAspectRatio: false,
            font: { family: fontFamily, size: 12 },
            interaction: { mode: "index", intersect: false },
            plugins: {
                legend: {
                    display: true,
                    labels: { color, boxHeight: 1, boxWidth: 24 },
                },
                tooltip: {
                    callbacks: {
                        footer: ([point]) => text[series[point.dataIndex].month] || "",
                    },
                },
            },
            scales: {
                x: { grid: { display: false }, ticks: { color, maxRotation: 0 } },
                y: {
                    suggestedMin: known.length ? Math.min(...known) - 2 : 0,
                    suggestedMax: 100,
                    grid: { color: token("hair") },
                    border: { display: false },
                    ticks: { color, maxTicksLimit: 5 },
                },
            },
        },
    };
}

/** Promises kept over twelve months; a click on a month chooses it. */
export class KeptChart extends Component {
    static template = "sla_scoring.KeptChart";
    static props = {
        series: Array,
        marks: Array,
        target: { type: [Number, { value: null }], optional: true },
        onMonth: Function,
    };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (series, marks, target) => {
                const style = getComputedStyle(this.canvas.el.parentElement);
                const config = keptChartConfig(series, marks, target, style);
                config.options.onClick = (_event, [point]) =>
                    point && this.props.onMonth(series[point.index].month);
                const chart = new Chart(this.canvas.el, config);
                return () => chart.destroy();
            },
            () => [this.props.series, this.props.marks, this.props.target]
        );
    }
}
