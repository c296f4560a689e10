import { _t } from "@web/core/l10n/translation";
import { token } from "@vip_base/tokens/tokens";

/** Room for the marks on the left and the names on the right, so that charts align. */
export const AXIS = 56;
export const MARGIN = 84;
/** Lines of text nearer than this would cover each other. */
const NEAR = 13;

/**
 * Chart.js plugin that draws thresholds: a band from each tier's upwards, a line with the
 * tier's name beside it, dashed where a tier is kept.
 *
 * @param {Object[]} lines {tier, shade, kind, value}, the lowest first
 * @param {string} color of the text
 * @param {string} fontFamily
 * @returns {Object}
 */
export function thresholds(lines, color, fontFamily) {
    function eachLine({ chartArea, scales }, draw) {
        for (const line of lines) {
            const y = Math.round(scales.y.getPixelForValue(line.value)) + 0.5;
            if (y >= chartArea.top && y <= chartArea.bottom) {
                draw(line, y);
            }
        }
    }
    return {
        id: "vipThresholds",
        beforeDatasetsDraw(chart) {
            const { ctx, chartArea } = chart;
            ctx.save();
            eachLine(chart, ({ kind }, y) => {
                if (kind === "rise") {
                    ctx.globalAlpha = 0.18;
                    ctx.fillStyle = token("shade-80");
                    ctx.fillRect(
                        chartArea.left,
                        chartArea.top,
                        chartArea.width,
                        y - chartArea.top
                    );
                }
            });
            ctx.restore();
        },
        afterDatasetsDraw(chart) {
            const { ctx, chartArea } = chart;
            ctx.save();
            ctx.font = `12px ${fontFamily}`;
            ctx.textBaseline = "middle";
            let last = Infinity;
            eachLine(chart, ({ kind, tier }, y) => {
                const stays = kind === "stay";
                ctx.strokeStyle = stays ? token("soon-s") : token("shade-32");
                ctx.setLineDash(stays ? [4, 3] : []);
                ctx.beginPath();
                ctx.moveTo(chartArea.left, y);
                ctx.lineTo(chartArea.right, y);
                ctx.stroke();
                const place = Math.min(y, last - NEAR);
                last = place;
                ctx.fillStyle = stays ? token("soon") : color;
                ctx.fillText(
                    stays ? _t("to stay") : tier,
                    chartArea.right + 6,
                    place,
                    MARGIN - 8
                );
            });
            ctx.restore();
        },
    };
}
