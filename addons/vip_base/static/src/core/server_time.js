import { browser } from "@web/core/browser/browser";
import { session } from "@web/session";

const { DateTime } = luxon;

/** Less than that is the way of the answer, not the clock: milliseconds. */
const TOLERATED = 1000;
/** Milliseconds by which the clock of the server is ahead of that of this machine. */
let ahead = 0;

/**
 * Learn what time it was on the server when it answered.
 *
 * @param {number} seconds since 1970 on the server
 * @param {number} [at] milliseconds since 1970 on this machine, when its answer came
 */
export function learnServerTime(seconds, at = Date.now()) {
    const found = Math.round(seconds * 1000 - at);
    ahead = Math.abs(found) < TOLERATED ? 0 : found;
}

/** @returns {DateTime} the present moment, as the server has it: limits are judged there */
export function serverNow() {
    return DateTime.now().plus(ahead);
}

/** The page came when it began to arrive; reading the scripts takes its time. */
function pageArrived() {
    const [page] = browser.performance.getEntriesByType?.("navigation") || [];
    return page?.responseStart
        ? browser.performance.timeOrigin + page.responseStart
        : Date.now();
}

if (session.vip_now) {
    learnServerTime(session.vip_now, pageArrived());
}
