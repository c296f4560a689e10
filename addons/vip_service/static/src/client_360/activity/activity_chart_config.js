import { _t } from "@web/core/l10n/translation";
import { formatCompact, formatMetric, formatMonth } from "@vip_base/core/format";
import { token } from "@vip_base/tokens/tokens";

import { barColor, monthLabel } from "./activity_labels";
import { AXIS, MARGIN, thresholds } from "./thresholds";

/** Bars of a month that is not over yet are hatched: it is no verdict. */
function hatched(color) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const context = tile.getContext("2d");
    context.fillStyle = token("card");
    context.fillRect(0, 0, 8, 8);
    context.strokeStyle = color;
    context.lineWidth = 2;
    for (const shift of [-8, 0, 8]) {
        context.beginPath();
        context.moveTo(shift, 8);
        context.lineTo(shift + 8, 0);
        context.stroke();
    }
    return context.createPattern(tile, "repeat");
}

function fills({ values, shades }, toDate) {
    return values.map((_value, index) => {
        const color = barColor(shades[index]);
        return toDate && index === values.length - 1 ? hatched(token("t2-fg")) : color;
    });
}

/** What the tooltip says of a month: its value, and what it lacks to the next line. */
function told(series, value) {
    const texts = [`${series.name}: ${formatMetric(value || 0, series)}`];
    const above = series.lines.find((line) => line.value > (value || 0));
    if (above) {
        const missing = formatMetric(above.value - (value || 0), series);
        texts.push(
            above.kind === "stay"
                ? _t("%(missing)s less than %(tier)s is kept with", {
                      missing,
                      tier: above.tier,
                  })
                : _t("%(missing)s less than %(tier)s asks", {
                      missing,
                      tier: above.tier,
                  })
        );
    }
    return texts;
}

/**
 * Chart.js configuration of one metric: bars of months in the colour of the tier that each
 * alone reaches, the thresholds as lines behind them. One axis, whose marks they are.
 *
 * @param {string[]} months first days, oldest first
 * @param {Object} series {name, unit, currency_id, values, lines, shades}
 * @param {{style: {color: string, fontFamily: string}, toDate: boolean}} options `toDate`:
 *  the last month is not over
 * @returns {Object}
 */
export function activityChartConfig(months, series, { style, toDate }) {
    const { color, fontFamily } = style;
    const marks = series.lines.map(({ value }) => value);
    const highest = Math.max(...series.values.map((value) => value || 0), ...marks, 1);
    return {
        type: "bar",
        data: {
            labels: months.map(monthLabel),
            datasets: [
                {
                    data: series.values,
                    backgroundColor: fills(series, toDate),
                    borderColor: token("t2-fg"),
                    borderWidth: 1,
                    maxBarThickness: 28,
                },
            ],
        },
        plugins: [thresholds(series.lines, color, fontFamily)],
        options: {
            animation: false,
            maintainAspectRatio: false,
            layout: { padding: { right: MARGIN } },
            font: { family: fontFamily, size: 12 },
            interaction: { mode: "index", intersect: false },
            plugins: {
                legend: { display: false },
                tooltip: {
                    displayColors: false,
                    callbacks: {
                        title: ([item]) => formatMonth(months[item.dataIndex]),
                        label: ({ raw }) => told(series, raw),
                    },
                },
            },
            scales: {
                x: {
                    grid: { display: false },
                    ticks: { color, autoSkip: true, maxRotation: 0 },
                },
                y: {
                    beginAtZero: true,
                    max: highest * 1.08,
                    afterFit: (axis) => (axis.width = AXIS),
                    afterBuildTicks: (axis) => {
                        if (marks.length) {
                            axis.ticks = apart([0, ...marks], highest).map((value) => ({
                                value,
                            }));
                        }
                    },
                    ticks: { color, callback: (value) => formatCompact(value) },
                    grid: { display: false },
                    border: { display: false },
                },
            },
        },
    };
}

/** Marks that are far enough from each other to be read, of near ones the higher. */
export function apart(marks, highest) {
    const kept = [];
    for (const mark of [...new Set(marks)].sort((one, two) => two - one)) {
        if (!kept.length || kept.at(-1) - mark > highest / 9) {
            kept.push(mark);
        }
    }
    return kept.reverse();
}
