import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

import { formatLate, formatLength } from "@vip_base/core/duration";
import { formatMoment } from "@vip_base/core/format";

import { isSoon, SOON } from "../time_left/time_left_text";

const { DateTime } = luxon;

const dateOf = (value) => (value ? deserializeDateTime(value) : null);

function runningFace(clock, now) {
    const due = dateOf(clock.due_at);
    if (due <= now) {
        return lateFace(clock, now);
    }
    const left = workingLeft(clock, now) ?? due.diff(now).as("seconds");
    const opening = standsUntil(clock, now);
    const warnAt = dateOf(clock.warn_at);
    const soon = isSoon(due, warnAt, now) || (!opening && left <= SOON);
    const whole = clock.stretches ? clock.seconds : wholeOf(clock, due);
    return {
        tone: soon ? "soon" : "running",
        icon: opening ? "fa-pause" : "fa-clock-o",
        label: "",
        time: _t("%s left", formatLength(left)),
        note: [
            _t("due %s", formatMoment(due, now)),
            opening && _t("stands still until %s", formatMoment(opening, now)),
        ]
            .filter(Boolean)
            .join(" · "),
        used: whole > 0 ? Math.min(1, Math.max(0, 1 - left / whole)) : 1,
    };
}

/** Seconds of the day from the start to the limit, where working time is not known. */
function wholeOf(clock, due) {
    return due.diff(dateOf(clock.started_at)).as("seconds");
}

/**
 * @param {Object} clock with `stretches`, of `sla_now`; else nothing is known
 * @param {DateTime} now
 * @returns {number|null} seconds of working time until the limit
 */
function workingLeft({ stretches, later }, now) {
    if (!stretches) {
        return null;
    }
    const at = now.toSeconds();
    const left = ([start, stop]) => Math.max(0, stop - Math.max(start, at));
    return stretches.reduce((sum, stretch) => sum + left(stretch), later);
}

/** @returns {DateTime|null} when somebody works again; null: now, or it is not known */
function standsUntil({ stretches }, now) {
    const next = stretches?.find(([, stop]) => stop > now.toSeconds());
    return next && next[0] > now.toSeconds()
        ? DateTime.fromSeconds(next[0], { zone: now.zone })
        : null;
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
    const left = clock.left_seconds;
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
    const face = FACES[clock.state](clock, now);
    return clock.judged_anew ? { ...face, note: _t("being judged anew") } : face;
}
