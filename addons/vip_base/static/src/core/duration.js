import { _t } from "@web/core/l10n/translation";

const { Duration } = luxon;

/**
 * Split whole seconds into days, hours, minutes and seconds.
 *
 * @param {number} seconds at least zero; fractions are cut off
 * @returns {{days: number, hours: number, minutes: number, seconds: number}}
 */
function split(seconds) {
    return Duration.fromObject({ seconds: Math.floor(seconds) })
        .shiftTo("days", "hours", "minutes", "seconds")
        .toObject();
}

const pad = (number) => String(number).padStart(2, "0");

/**
 * A length of time in words, cut off at the unit that matters.
 *
 * @param {number} seconds its sign is ignored
 * @returns {string} "45 s", "12 min", "1 h 05", "2 d 3 h"
 */
export function formatLength(seconds) {
    const part = split(Math.abs(seconds));
    if (part.days) {
        return _t("%(days)s d %(hours)s h", part);
    }
    if (part.hours) {
        return _t("%(hours)s h %(minutes)s", { ...part, minutes: pad(part.minutes) });
    }
    if (part.minutes) {
        return _t("%(minutes)s min", part);
    }
    return _t("%(seconds)s s", part);
}

/**
 * A length of time as the digits of a running clock.
 *
 * @param {number} seconds its sign is ignored
 * @returns {string} "00:45", "12:34", "5:06:07", "2 d 03:04:05"
 */
export function formatDigits(seconds) {
    const part = split(Math.abs(seconds));
    const end = `${pad(part.minutes)}:${pad(part.seconds)}`;
    if (part.days) {
        const clock = `${pad(part.hours)}:${end}`;
        return _t("%(days)s d %(clock)s", { days: part.days, clock });
    }
    return part.hours ? `${part.hours}:${end}` : end;
}
