import { _t } from "@web/core/l10n/translation";

import { stackedBarOptions } from "@vip_base/core/chart";
import { formatCompact, formatMonth } from "@vip_base/core/format";
import { token } from "@vip_base/tokens/tokens";

import { monthLabel } from "../client_360/activity/activity_labels";

/** @returns {Object[]} bars of one kind of move, one dataset per tier that has any */
function bars(months, tiers, { key, sign, label }) {
    return tiers
        .map((tier) => ({
            label: label(tier.name),
            data: months.map((month) => sign * (month[key][tier.id] || 0)),
            backgroundColor: token(`shade-${tier.shade || 0}`),
            borderColor: token(tier.shade ? "t2-fg" : "field-ln"),
            borderWidth: 1,
            stack: "draft",
            order: 1,
        }))
        .filter(({ data }) => data.some(Boolean));
}

/** @returns {Object} points of what moved another way: today's thresholds, reality */
function points(months, { way, key, sign, label, color, ...look }) {
    return {
        type: "line",
        label,
        data: months.map((month) => sign * month[way][key]),
        showLine: false,
        pointRotation: sign > 0 ? 0 : 180,
        pointRadius: 5,
        borderColor: color,
        backgroundColor: color,
        order: 0,
        ...look,
    };
}

/** @returns {Object[]} the points of rises and falls of one way */
function bothPoints(months, [rose, fell], style) {
    return [
        points(months, { ...style, key: "promotion", sign: 1, label: rose }),
        points(months, { ...style, key: "demotion", sign: -1, label: fell }),
    ];
}

/**
 * Chart.js configuration: rises upwards by the tier risen into, falls downwards by
 * the tier fallen from; as points what today's thresholds and reality moved.
 *
 * @param {Object[]} months {month, rises, falls, today, actual}, counts by tier id
 * @param {Object[]} tiers {id, name, shade}
 * @param {{color: string, fontFamily: string}} style of the surrounding text
 * @returns {Object}
 */
export function backtestChartConfig(months, tiers, style) {
    const { color } = style;
    const rises = { key: "rises", sign: 1 };
    const falls = { key: "falls", sign: -1 };
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
                ...bothPoints(
                    months,
                    [
                        _t("Rises by today's thresholds"),
                        _t("Falls by today's thresholds"),
                    ],
                    { way: "today", color, pointStyle: "rectRot", pointBorderWidth: 2 }
                ),
                ...bothPoints(months, [_t("Really rose"), _t("Really fell")], {
                    way: "actual",
                    color,
                    pointStyle: "triangle",
                    pointRadius: 3,
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
