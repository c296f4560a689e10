import { hexToRGBA } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";

import { monthLabel, seriesColor } from "../client_360/activity/activity_labels";
import { stackedBarOptions } from "@vip_base/core/chart";
import { formatCompact, formatMonth } from "@vip_base/core/format";

/** @returns {Object[]} bars of one kind of move, one dataset per tier that has any */
function bars(months, tiers, { key, sign, label, alpha }) {
    return tiers
        .map((tier, index) => ({
            label: label(tier.name),
            data: months.map((month) => sign * (month[key][tier.id] || 0)),
            backgroundColor: hexToRGBA(seriesColor(index), alpha),
            stack: "draft",
            order: 1,
        }))
        .filter(({ data }) => data.some(Boolean));
}

/** @returns {Object} points of what the reviews really did */
function points(months, { key, sign, label, color }) {
    return {
        type: "line",
        label,
        data: months.map(({ actual }) => sign * actual[key]),
        showLine: false,
        pointStyle: "triangle",
        pointRotation: sign > 0 ? 0 : 180,
        pointRadius: 5,
        borderColor: color,
        backgroundColor: color,
        order: 0,
    };
}

/**
 * Chart.js configuration: rises upwards by the tier risen into, falls downwards by
 * the tier fallen from, and as points what really happened.
 *
 * @param {Object[]} months {month, rises, falls, actual}, counts by tier id
 * @param {Object[]} tiers {id, name}
 * @param {{color: string, fontFamily: string}} style of the surrounding text
 * @returns {Object}
 */
export function backtestChartConfig(months, tiers, style) {
    const { color } = style;
    const rises = { key: "rises", sign: 1, alpha: 0.85 };
    const falls = { key: "falls", sign: -1, alpha: 0.45 };
    return {
        type: "bar",
        data: {
            labels: months.map(({ month }, index) => monthLabel(month, index)),
            datasets: [
                ...bars(months, tiers, {
                    ...rises,
                    label: (name) => _t("Up to %s", name),
                }),
                ...bars(months, tiers, {
                    ...falls,
                    label: (name) => _t("Down from %s", name),
                }),
                points(months, {
                    key: "promotion",
                    sign: 1,
                    label: _t("Really rose"),
                    color,
                }),
                points(months, {
                    key: "demotion",
                    sign: -1,
                    label: _t("Really fell"),
                    color,
                }),
            ],
        },
        options: backtestChartOptions(months, style),
    };
}

/** @returns {Object} falls count downwards, and are written without a sign */
function backtestChartOptions(months, style) {
    const options = stackedBarOptions(style);
    Object.assign(options.plugins.legend.labels, { usePointStyle: true, boxHeight: 8 });
    options.plugins.tooltip = {
        callbacks: {
            title: ([item]) => formatMonth(months[item.dataIndex].month),
            label: ({ dataset, raw }) => `${dataset.label}: ${Math.abs(raw)}`,
        },
    };
    options.scales.y.ticks.callback = (value) => formatCompact(Math.abs(value));
    return options;
}
