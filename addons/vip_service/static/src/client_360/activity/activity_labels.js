import { cookie } from "@web/core/browser/cookie";
import { getColor } from "@web/core/colors/colors";
import { deserializeDate } from "@web/core/l10n/dates";

const SERIES_COLORS = [0, 3, 2, 4, 1, 5];

/**
 * @param {number} index of the series
 * @returns {string} hex colour that goes with the others in light and dark
 */
export function seriesColor(index) {
    const color = SERIES_COLORS[index % SERIES_COLORS.length];
    return getColor(color, cookie.get("color_scheme"), "sm");
}

/**
 * Two-line label: the month, and below the first one and each January the year.
 *
 * @param {string} month first day of the month
 * @param {number} index
 * @returns {string|string[]}
 */
export function monthLabel(month, index) {
    const date = deserializeDate(month);
    const short = date.toLocaleString({ month: "short" });
    if (index && date.month !== 1) {
        return short;
    }
    return [short, date.toLocaleString({ year: "numeric" })];
}
