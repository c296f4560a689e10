import { deserializeDate } from "@web/core/l10n/dates";

import { token } from "@vip_base/tokens/tokens";

/** Own figures are violet; a second one is a neutral line beside the bars. */
const SERIES = ["brand", "bar", "shade-56", "shade-32", "soon-s", "done-s"];

/**
 * @param {number} index of the series
 * @returns {string} the colour of a series, apart from those of its neighbours
 */
export function seriesColor(index) {
    return token(SERIES[index % SERIES.length]);
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
