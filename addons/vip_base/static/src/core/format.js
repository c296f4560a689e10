/**
 * How days, times, money and numbers are written, the same in all our screens and as
 * `tools/written.py` writes them in the portal, in mails and in texts of the server.
 */

import { getCurrency } from "@web/core/currency";
import { deserializeDate, deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { formatFloat } from "@web/core/utils/numbers";

const { DateTime } = luxon;

/** From here on nobody reads the decimals of an amount. */
const WHOLE_FROM = 1000;

/**
 * @param {number} value
 * @param {number|false} [currencyId] bare without one
 * @returns {string} sign and number, without decimals from 1,000 on and in whole amounts
 */
export function formatMoney(value, currencyId) {
    const currency = currencyId ? getCurrency(currencyId) : null;
    const decimals = currency ? currency.digits[1] : 2;
    const amount = Math.abs(value);
    const rounded = Number(amount.toFixed(decimals));
    const whole = rounded >= WHOLE_FROM || Number.isInteger(rounded);
    const number = formatFloat(amount, { digits: [16, whole ? 0 : decimals] });
    const minus = value < 0 && Number(number) !== 0 ? "-" : "";
    if (!currency) {
        return minus + number;
    }
    return currency.position === "after"
        ? `${minus}${number}\u00a0${currency.symbol}`
        : `${minus}${currency.symbol}${number}`;
}

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
        return formatMoney(value, currency_id);
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
 * @param {string|DateTime|false} date a server date, "2024-05-31", or a moment
 * @param {DateTime} [now]
 * @returns {string} "today", "tomorrow", "May 31", in another year "May 31, 2023"
 */
export function formatDay(date, now = DateTime.local()) {
    if (!date) {
        return "";
    }
    const day = typeof date === "string" ? deserializeDate(date) : date;
    return dayIn(day, now, { today: _t("today"), tomorrow: _t("tomorrow") });
}

/**
 * @param {string|DateTime|false} datetime a server datetime in UTC, or a moment
 * @param {DateTime} [now]
 * @returns {string} day and time in the reader's zone: "today 2:14 PM", "May 31, 2:14 PM"
 */
export function formatMoment(datetime, now = DateTime.local()) {
    if (!datetime) {
        return "";
    }
    const moment = (
        typeof datetime === "string" ? deserializeDateTime(datetime) : datetime
    ).setZone(now.zone);
    const time = formatTime(moment);
    const words = {
        today: _t("today %s", time),
        tomorrow: _t("tomorrow %s", time),
    };
    const found = dayIn(moment, now, words);
    return Object.values(words).includes(found)
        ? found
        : _t("%(day)s, %(time)s", { day: found, time });
}

/**
 * @param {DateTime} moment
 * @returns {string} "2:14 PM", "14:14"
 */
export function formatTime(moment) {
    return plain(moment.toLocaleString(DateTime.TIME_SIMPLE));
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

function dayIn(day, now, { today, tomorrow }) {
    const distance = day.startOf("day").diff(now.startOf("day"), "days").days;
    if (Math.round(distance) === 0) {
        return today;
    }
    if (Math.round(distance) === 1) {
        return tomorrow;
    }
    const format = { month: "short", day: "numeric" };
    if (day.year !== now.year) {
        format.year = "numeric";
    }
    return plain(day.toLocaleString(format));
}

/** Browsers differ in the space before "PM"; people do not. */
function plain(text) {
    return text.replace(/[\u202f\u00a0]/g, " ");
}
