import { toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

import { formatLength } from "@vip_base/core/duration";

/** Seconds before the due time from which the text turns into a warning. */
export const SOON = 15 * 60;
/** Seconds from which the due time says more than the time left. */
export const FAR = 24 * 3600;

/**
 * Time left until a due time, in a few words.
 *
 * @param {DateTime} due
 * @param {DateTime} now
 * @returns {{text: string, tone: "danger"|"warning"|"muted"}}
 */
export function timeLeftText(due, now) {
    const left = due.diff(now).as("seconds");
    if (left <= 0) {
        return { text: _t("late %s", formatLength(left)), tone: "danger" };
    }
    if (left >= FAR) {
        return { text: toLocaleDateTimeString(due), tone: "muted" };
    }
    const tone = left < SOON ? "warning" : "muted";
    return { text: _t("%s left", formatLength(left)), tone };
}
