import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getCustomColor } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";

import { formatMonth } from "@vip_service/core/format";

import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";

/**
 * Chart.js configuration: breaches per month, those of the draft stacked by whether they
 * happened, and beside them those that only happened.
 *
 * @param {Object[]} months {month, new, both, gone}
 * @param {{color: string, fontFamily: string}} style of the surrounding text
 * @returns {Object}
 */
export function whatifChartConfig(months, { color, fontFamily }) {
    const grid = getCustomColor(cookie.get("color_scheme"), "#d8dadd", "#3C3E4B");
    const bars = (key, label, backgroundColor) => ({
        label,
        backgroundColor,
        data: months.map((month) => month[key]),
    });
    return {
        type: "bar",
        data: {
            labels: months.map(({ month }) => formatMonth(month)),
            datasets: [
                bars("both", _t("Both"), "#8f8f8f"),
                bars("new", _t("Only under the draft"), "#d9534f"),
                bars("gone", _t("Only really"), "#5cb85c"),
            ],
        },
        options: {
            animation: false,
            maintainAspectRatio: false,
            font: { family: fontFamily, size: 12 },
            interaction: { mode: "index", intersect: false },
            plugins: { legend: { position: "bottom", labels: { color } } },
            scales: {
                x: { stacked: true, grid: { display: false }, ticks: { color } },
                y: {
                    stacked: true,
                    grid: { color: grid },
                    border: { display: false },
                    ticks: { color, precision: 0 },
                },
            },
        },
    };
}

/** Breaches of each month, under the draft and really. */
export class WhatifChart extends Component {
    static template = "sla_scoring.WhatifChart";
    static props = { months: Array };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (months) => {
                const style = getComputedStyle(this.canvas.el.parentElement);
                const chart = new Chart(
                    this.canvas.el,
                    whatifChartConfig(months, style)
                );
                return () => chart.destroy();
            },
            () => [this.props.months]
        );
    }

    /** Names the drawing for those who cannot see it. */
    get description() {
        return _t("Breaches per month, under the draft and really");
    }
}
