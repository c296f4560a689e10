import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

import { formatLate, formatLength } from "@vip_base/core/duration";
import { formatMoment, formatTime } from "@vip_base/core/format";

import { SOON } from "../time_left/time_left_text";

import { toRaw } from "@odoo/owl";

/** When each row was read, by the clock of this machine. */
const readAt = new WeakMap();
/** Until when it stands still, by what it waits for. */
const WAITS = {
    client: _t("until the client answers"),
    third_party: _t("until the third party answers"),
    outage: _t("until the outage ends"),
};

/**
 * @param {{at: string}} told by the server, with its own time
 * @param {DateTime} now of this machine, which may go wrong
 * @returns {DateTime} now by the clock of the server
 */
function serverNow(told, now) {
    const row = toRaw(told);
    if (!readAt.has(row)) {
        readAt.set(row, now);
    }
    const passed = now.diff(readAt.get(row)).as("seconds");
    return deserializeDateTime(told.at).setZone(now.zone).plus({ seconds: passed });
}

/**
 * What a row of the queue shows of the promise that is due next.
 *
 * @param {{left: number, share: number, soon: boolean, state: string, at: string,
 *  due: string|false, until: string|false, waits: string|false}} told by
 *  `sla.clock._tell_left`
 * @param {DateTime} now
 * @returns {{text: string, tone: "late"|"soon"|"still"|"", share: number, due: string,
 *  opens: string|undefined}} `opens`: when working time goes on, if it stands still until
 *  then
 */
export function queueLeft(told, now) {
    const server = serverNow(told, now);
    if (!told.due) {
        const text = formatLength(told.left);
        const due = WAITS[told.waits] || _t("stands still");
        return { text, tone: "still", share: told.share, due: `${due}` };
    }
    const due = deserializeDateTime(told.due);
    if (due <= server) {
        const text = formatLate(server.diff(due).as("seconds"));
        return { text, tone: "late", share: 1, due: dueText(due, server) };
    }
    const passed = told.until
        ? 0
        : server.diff(deserializeDateTime(told.at)).as("seconds");
    const left = Math.max(0, told.left - passed);
    const promised = told.share < 1 ? told.left / (1 - told.share) : told.left;
    return {
        text: formatLength(left, { precise: left < 300 }),
        tone: told.soon || isNear(due, server) ? "soon" : "",
        share: promised ? Math.min(1, 1 - left / promised) : 1,
        ...whenDue(told, server),
    };
}

/**
 * @param {Object|false} told as of `queueLeft`
 * @param {DateTime} now
 * @returns {boolean} whether it is late or near its limit by now
 */
export function isActNow(told, now) {
    if (!told || !told.due) {
        return false;
    }
    return told.soon || isNear(deserializeDateTime(told.due), serverNow(told, now));
}

function isNear(due, now) {
    return due.diff(now).as("seconds") <= SOON;
}

/** Today the time is enough. */
function dueText(due, now) {
    const local = due.setZone(now.zone);
    return local.hasSame(now, "day") ? formatTime(local) : formatMoment(due, now);
}

/** When it is due; or that it stands still, and until when. */
function whenDue({ due, until }, now) {
    if (!until) {
        return { due: dueText(deserializeDateTime(due), now) };
    }
    const opens = dueText(deserializeDateTime(until), now);
    return { due: _t("stands still until %s", opens), opens };
}
