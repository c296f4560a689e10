import { formatCompact, formatMetric, formatMonth } from "@vip_base/core/format";
import { token } from "@vip_base/tokens/tokens";

import { monthLabel, seriesColor } from "./activity_labels";

function dataset(series, index) {
    const color = seriesColor(index);
    const shared = { label: series.name, data: series.values, borderColor: color };
    if (series.unit === "money") {
        return {
            ...shared,
            type: "bar",
            yAxisID: "money",
            backgroundColor: color,
            borderWidth: 0,
            borderRadius: 2,
            order: 1,
        };
    }
    return {
        ...shared,
        type: "line",
        yAxisID: "quantity",
        backgroundColor: color,
        borderWidth: 2,
        pointRadius: 3,
        spanGaps: true,
        order: 0,
    };
}

function valueAxis(series, position, { tick, grid }) {
    return {
        position,
        display: series.length > 0,
        beginAtZero: true,
        title: {
            display: series.length > 0,
            text: series.map(({ name }) => name).join(", "),
            color: tick,
        },
        ticks: {
            color: tick,
            maxTicksLimit: 6,
            callback: (value) => formatCompact(value),
        },
        grid: { color: grid, drawOnChartArea: position === "left" },
        border: { display: false },
    };
}

/**
 * Chart.js configuration: money as bars on the left axis, quantities as lines on
 * the right one.
 *
 * @param {string[]} months first days, oldest first
 * @param {Object[]} series {name, unit, currency_id, values} with one value a month
 * @param {{color: string, fontFamily: string}} style of the surrounding text
 * @returns {Object}
 */
export function activityChartConfig(months, series, { color, fontFamily }) {
    const colors = { tick: color, grid: token("hair") };
    const money = series.filter(({ unit }) => unit === "money");
    const quantity = series.filter(({ unit }) => unit !== "money");
    return {
        type: "bar",
        data: { labels: months.map(monthLabel), datasets: series.map(dataset) },
        options: {
            animation: false,
            maintainAspectRatio: false,
            font: { family: fontFamily, size: 12 },
            interaction: { mode: "index", intersect: false },
            plugins: {
                legend: { display: false },
                tooltip: {
                    callbacks: {
                        title: ([item]) => formatMonth(months[item.dataIndex]),
                        label: ({ datasetIndex, raw }) =>
                            `${series[datasetIndex].name}: ` +
                            formatMetric(raw, series[datasetIndex]),
                    },
                },
            },
            scales: {
                x: {
                    grid: { display: false },
                    ticks: { color, autoSkip: true, maxRotation: 0 },
                },
                money: valueAxis(money, "left", colors),
                quantity: valueAxis(quantity, "right", colors),
            },
        },
    };
}
