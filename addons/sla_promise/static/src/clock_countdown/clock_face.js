import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

import { formatLate, formatLength } from "@vip_base/core/duration";
import { formatMoment } from "@vip_base/core/format";

import { isSoon } from "../time_left/time_left_text";

const dateOf = (value) => (value ? deserializeDateTime(value) : null);

function runningFace(clock, now) {
    const due = dateOf(clock.due_at);
    const left = due.diff(now).as("seconds");
    if (left <= 0) {
        return lateFace(clock, now);
    }
    const warnAt = dateOf(clock.warn_at);
    return {
        tone: isSoon(due, warnAt, now) ? "soon" : "running",
        icon: "fa-clock-o",
        label: "",
        time: _t("%s left", formatLength(left)),
        note: _t("due %s", formatMoment(due, now)),
        used: usedShare(clock, due, now),
    };
}

function usedShare(clock, due, now) {
    const start = dateOf(clock.started_at);
    const whole = due.diff(start).as("seconds");
    return whole > 0
        ? Math.min(1, Math.max(0, now.diff(start).as("seconds") / whole))
        : 1;
}

function lateFace(clock, now) {
    const due = dateOf(clock.due_at);
    return {
        tone: "late",
        icon: "fa-exclamation-triangle",
        label: "",
        time: formatLate(now.diff(due).as("seconds")),
        note: _t("was due %s", formatMoment(due, now)),
        used: 1,
    };
}

function missedFace(clock, now) {
    if (!clock.stopped_at) {
        return lateFace(clock, now);
    }
    return {
        tone: "late",
        icon: "fa-exclamation-triangle",
        label: "",
        time: formatLate(clock.overrun_seconds || 0),
        note: _t("was due %s", formatMoment(clock.due_at, now)),
        used: 1,
    };
}

function metFace(clock, now) {
    return {
        tone: "done",
        icon: "fa-check",
        label: _t("met"),
        time: "",
        note: formatMoment(clock.stopped_at, now),
        used: null,
    };
}

function pausedFace(clock) {
    const left = clock.paused_seconds_left;
    return {
        tone: "still",
        icon: "fa-pause",
        label: _t("paused"),
        time: left === false || left === undefined ? "" : formatLength(left),
        note: _t("the clock stands still while we wait"),
        used: 1,
    };
}

function cancelledFace() {
    return {
        tone: "muted",
        icon: "fa-ban",
        label: _t("cancelled"),
        time: "",
        note: "",
        used: null,
    };
}

function noPromiseFace(clock) {
    return {
        tone: "muted",
        icon: "fa-minus-circle",
        label: _t("no promise"),
        time: "",
        note: clock.policy,
        used: null,
    };
}

const FACES = {
    none: noPromiseFace,
    running: runningFace,
    paused: pausedFace,
    met: metFace,
    missed: missedFace,
    cancelled: cancelledFace,
};

/**
 * What a promise shows at a moment. A running clock that is past its due time
 * reads late at once, whether or not the due job has come by.
 *
 * @param {Object} clock as sent by the server, datetimes in UTC
 * @param {DateTime} now
 * @returns {{tone: string, icon: string, label: string, time: string,
 *  note: string, used: number|null}} `used`: share of the time gone, 0 to 1
 */
export function clockFace(clock, now) {
    return FACES[clock.state](clock, now);
}
