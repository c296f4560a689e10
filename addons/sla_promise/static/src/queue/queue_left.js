import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

import { formatLate, formatLength } from "@vip_base/core/duration";
import { formatMoment, formatTime } from "@vip_base/core/format";

/** When each row was read: what is left of it is counted down from then on. */
const readAt = new WeakMap();

function secondsSince(told, now) {
    if (!readAt.has(told)) {
        readAt.set(told, now);
    }
    return now.diff(readAt.get(told)).as("seconds");
}

/**
 * What a row of the queue shows of the promise that is due next.
 *
 * @param {{left: number, share: number, soon: boolean, state: string,
 *  due: string|false, until: string|false}} told by `sla.clock._tell_left`
 * @param {DateTime} now
 * @returns {{text: string, tone: "late"|"soon"|"still"|"", share: number, due: string}}
 */
export function queueLeft(told, now) {
    if (!told.due) {
        const text = formatLength(told.left);
        return { text, tone: "still", share: told.share, due: _t("stands still") };
    }
    const due = deserializeDateTime(told.due);
    if (due <= now) {
        const text = formatLate(now.diff(due).as("seconds"));
        return { text, tone: "late", share: 1, due: dueText(due, now) };
    }
    const passed = told.until ? 0 : secondsSince(told, now);
    const left = Math.max(0, told.left - passed);
    const promised = told.share < 1 ? told.left / (1 - told.share) : told.left;
    return {
        text: formatLength(left, { precise: left < 300 }),
        tone: told.soon ? "soon" : "",
        share: promised ? Math.min(1, 1 - left / promised) : 1,
        due: told.until ? standsUntil(told.until, now) : dueText(due, now),
    };
}

/** Today the time is enough. */
function dueText(due, now) {
    const local = due.setZone(now.zone);
    return local.hasSame(now, "day") ? formatTime(local) : formatMoment(due, now);
}

function standsUntil(until, now) {
    return _t("stands still until %s", dueText(deserializeDateTime(until), now));
}
