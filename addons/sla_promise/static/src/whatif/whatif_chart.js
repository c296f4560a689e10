import { _t } from "@web/core/l10n/translation";

import { stackedBarOptions, useChart } from "@vip_base/core/chart";
import { formatMonth } from "@vip_base/core/format";
import { token } from "@vip_base/tokens/tokens";

import { Component } from "@odoo/owl";

/**
 * Chart.js configuration: breaches per month, those of the draft stacked by whether they
 * happened, and on top of them those that only happened.
 *
 * @param {Object[]} months {month, new, both, gone}
 * @param {{color: string, fontFamily: string}} style of the surrounding text
 * @returns {Object}
 */
export function whatifChartConfig(months, style) {
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
                bars("both", _t("Both"), token("bar")),
                bars("new", _t("Only under the draft"), token("late")),
                bars("gone", _t("Only really"), token("done-s")),
            ],
        },
        options: stackedBarOptions(style),
    };
}

/** Breaches of each month, under the draft and really. */
export class WhatifChart extends Component {
    static template = "sla_promise.WhatifChart";
    static props = { months: Array };

    setup() {
        useChart(
            (style, months) => whatifChartConfig(months, style),
            () => [this.props.months]
        );
    }

    /** Names the drawing for those who cannot see it. */
    get description() {
        return _t("Breaches per month, under the draft and really");
    }
}
