import { deserializeDate } from "@web/core/l10n/dates";

import { token } from "@vip_base/tokens/tokens";

/**
 * @param {number} shade of the tier that a month's figure alone reaches; 0: the lowest
 * @returns {string} the colour of its bar, that of the tier's badge
 */
export function barColor(shade) {
    return shade ? token(`shade-${shade}`) : token("t1-ln");
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
