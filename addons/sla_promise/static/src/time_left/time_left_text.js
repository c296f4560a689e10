import { _t } from "@web/core/l10n/translation";

import { formatLate, formatLength } from "@vip_base/core/duration";
import { formatMoment } from "@vip_base/core/format";

/** Seconds before the due time from which on it is soon, also without a warning. */
export const SOON = 20 * 60;
/** Seconds from which the due time says more than the time left. */
export const FAR = 24 * 3600;

/**
 * @param {DateTime} due
 * @param {DateTime|null} warnAt of the policy's first warning
 * @param {DateTime} now
 * @returns {boolean} from the first warning on, or the last 20 minutes: what is earlier
 */
export function isSoon(due, warnAt, now) {
    return Boolean(warnAt && now >= warnAt) || due.diff(now).as("seconds") <= SOON;
}

/**
 * Time left until a due time, in a few words.
 *
 * @param {DateTime} due
 * @param {DateTime} now
 * @returns {{text: string, tone: "late"|"soon"|"muted"}}
 */
export function timeLeftText(due, now) {
    const left = due.diff(now).as("seconds");
    if (left <= 0) {
        return { text: formatLate(left), tone: "late" };
    }
    if (left >= FAR) {
        return { text: formatMoment(due, now), tone: "muted" };
    }
    const tone = isSoon(due, null, now) ? "soon" : "muted";
    return { text: _t("%s left", formatLength(left)), tone };
}
