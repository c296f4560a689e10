import { formatCurrency } from "@web/core/currency";
import {
    deserializeDate,
    deserializeDateTime,
    formatDate,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import { user } from "@web/core/user";
import { formatFloat } from "@web/core/utils/numbers";

/**
 * Amount of a metric in full, without cents: money with its currency sign,
 * quantities bare.
 *
 * @param {number|false|null} value
 * @param {{unit: "money"|"quantity", currency_id: number|false}} metric
 * @returns {string} empty when there is no value
 */
export function formatMetric(value, { unit, currency_id }) {
    if (value === false || value === null || value === undefined) {
        return "";
    }
    if (unit === "money") {
        return formatCurrency(value, currency_id || undefined, { digits: [false, 0] });
    }
    return formatFloat(value, { digits: [false, 2], trailingZeros: false });
}

/**
 * Short number for axes and tight places, in the reader's own manner:
 * 1.2M in English, 120万 in Chinese.
 *
 * @param {number} value
 * @param {string} [locale]
 * @returns {string}
 */
export function formatCompact(value, locale = user.lang) {
    return new Intl.NumberFormat(locale || "en-US", {
        notation: "compact",
        maximumFractionDigits: 1,
    }).format(value);
}

/**
 * @param {string|false} date a server date, "2024-05-31"
 * @returns {string} the date as the reader's language writes it
 */
export function formatDay(date) {
    return date ? formatDate(deserializeDate(date)) : "";
}

/**
 * @param {string|false} datetime a server datetime in UTC
 * @returns {string} day and time in the reader's zone, without the current year
 */
export function formatMoment(datetime) {
    return datetime ? toLocaleDateTimeString(deserializeDateTime(datetime)) : "";
}

/**
 * @param {string|false} date a server date within the month
 * @returns {string} "May 2024", "2024年5月"
 */
export function formatMonth(date) {
    if (!date) {
        return "";
    }
    return deserializeDate(date).toLocaleString({ year: "numeric", month: "long" });
}
