import { _t } from "@web/core/l10n/translation";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * The same length in the words of `tools/written.py`; both are tested by one table.
 *
 * @param {number} seconds its sign is ignored, parts of a second are cut off
 * @param {{precise: boolean}} [options] with the seconds of what is below an hour
 * @returns {string} at most two units: "45 s", "12 min", "1 h 5 min", "2 d 3 h"
 */
export function formatLength(seconds, { precise = false } = {}) {
    const whole = Math.floor(Math.abs(seconds));
    if (whole >= DAY) {
        return twoUnits(days(whole), hours(whole % DAY), whole % DAY >= HOUR);
    }
    if (whole >= HOUR) {
        return twoUnits(hours(whole), minutes(whole % HOUR), whole % HOUR >= MINUTE);
    }
    if (whole >= MINUTE) {
        const rest = whole % MINUTE;
        return twoUnits(minutes(whole), inSeconds(rest), precise && rest > 0);
    }
    return inSeconds(whole);
}

/**
 * @param {number} seconds past the due time; its sign is ignored
 * @returns {string} "late 6 min"
 */
export function formatLate(seconds) {
    return _t("late %s", formatLength(seconds));
}

function twoUnits(first, second, both) {
    return both ? _t("%(first)s %(second)s", { first, second }) : first;
}

function days(seconds) {
    return _t("%s d", Math.floor(seconds / DAY));
}

function hours(seconds) {
    return _t("%s h", Math.floor(seconds / HOUR));
}

function minutes(seconds) {
    return _t("%s min", Math.floor(seconds / MINUTE));
}

function inSeconds(seconds) {
    return _t("%s s", seconds);
}
