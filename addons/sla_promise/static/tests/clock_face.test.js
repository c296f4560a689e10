import { allowTranslations } from "@web/../tests/web_test_helpers";
import { clockFace } from "@sla_promise/clock_countdown/clock_face";
import { timeLeftText } from "@sla_promise/time_left/time_left_text";

import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { mockTimeZone } from "@odoo/hoot-mock";

const { DateTime } = luxon;

describe.current.tags("headless");

beforeEach(() => {
    allowTranslations();
    mockTimeZone(0);
});

const at = (time) => DateTime.fromISO(`2024-06-03T${time}`, { zone: "utc" });

function clock(extra) {
    return {
        id: 1,
        metric: "resolution",
        state: "running",
        started_at: "2024-06-03 09:00:00",
        due_at: "2024-06-03 10:00:00",
        warn_at: "2024-06-03 09:48:00",
        stopped_at: false,
        overrun_seconds: false,
        ...extra,
    };
}

test("a running clock counts down and knows its share", () => {
    const face = clockFace(clock(), at("09:15:30"));
    expect(face.time.toString()).toBe("44 min left");
    expect(face.tone).toBe("running");
    expect(Math.round(face.used * 1000)).toBe(258);
});

test("from its warning on a running clock warns", () => {
    const early = clock({ warn_at: "2024-06-03 09:30:00" });
    expect(clockFace(early, at("09:29:59")).tone).toBe("running");
    expect(clockFace(early, at("09:30:00")).tone).toBe("soon");
});

test("the last twenty minutes are soon without a warning and before a later one", () => {
    expect(clockFace(clock(), at("09:39:59")).tone).toBe("running");
    expect(clockFace(clock(), at("09:40:00")).tone).toBe("soon");
    expect(clockFace(clock({ warn_at: false }), at("09:40:00")).tone).toBe("soon");
});

test("a running clock past its due time is late before the job says so", () => {
    const face = clockFace(clock(), at("10:02:03"));
    expect(face.time.toString()).toBe("late 2 min");
    expect(face.tone).toBe("late");
});

test("a missed clock counts on until the work is done, then keeps its overrun", () => {
    const missed = clock({ state: "missed" });
    expect(clockFace(missed, at("11:00:00")).time.toString()).toBe("late 1 h");
    const stopped = {
        ...missed,
        stopped_at: "2024-06-03 11:30:00",
        overrun_seconds: 1800,
    };
    expect(clockFace(stopped, at("20:00:00")).time.toString()).toBe("late 30 min");
});

test("a met clock shows when", () => {
    const met = clock({ state: "met", stopped_at: "2024-06-03 09:40:00" });
    const face = clockFace(met, at("12:00:00"));
    expect(face.tone).toBe("done");
    expect(face.note).toMatch(/9:40/);
});

test("a paused clock stands still with what is left", () => {
    const paused = clock({ state: "paused", due_at: false, left_seconds: 2700 });
    expect(clockFace(paused, at("09:30:00")).time).toBe("45 min");
    expect(clockFace(paused, at("19:30:00")).time).toBe("45 min");
});

test("a list says the time left, then how late", () => {
    const due = at("10:00:00");
    expect(timeLeftText(due, at("09:00:00")).text.toString()).toBe("1 h left");
    expect(timeLeftText(due, at("09:48:00")).text.toString()).toBe("12 min left");
    expect(timeLeftText(due, at("09:48:00")).tone).toBe("soon");
    expect(timeLeftText(due, at("11:05:00")).text.toString()).toBe("late 1 h 5 min");
    expect(timeLeftText(due, at("11:05:00")).tone).toBe("late");
});

test("a due time that is far reads as a date", () => {
    const due = at("10:00:00").plus({ days: 3 });
    expect(timeLeftText(due, at("09:00:00")).text).toMatch(/Jun 6/);
});

test("where nothing is promised it says so and by which policy", () => {
    const face = clockFace({ state: "none", policy: "Spam" }, at("09:00:00"));
    expect(face.label.toString()).toBe("no promise");
    expect(face.note).toBe("Spam");
    expect(face.used).toBe(null);
});

const epoch = (time) => at(time).toSeconds();

test("working time alone passes, and the clock says until when it stands still", () => {
    const stretches = [
        [epoch("09:00:00"), epoch("09:30:00")],
        [epoch("10:30:00"), epoch("11:00:00")],
    ];
    const lunch = clock({
        due_at: "2024-06-03 11:00:00",
        warn_at: false,
        seconds: 3600,
        stretches,
        later: 0,
    });
    const before = clockFace(lunch, at("09:15:00"));
    expect(before.time.toString()).toBe("45 min left");
    expect(before.used).toBe(0.25);
    const during = clockFace(lunch, at("10:00:00"));
    expect(during.time.toString()).toBe("30 min left");
    expect(during.note.toString()).toMatch(/stands still until .*10:30/);
    expect(during.icon).toBe("fa-pause");
    expect(clockFace({ ...lunch, later: 600 }, at("10:00:00")).time.toString()).toBe(
        "40 min left"
    );
});

test("a clock that waits to be judged anew says so instead of a limit", () => {
    const face = clockFace(clock({ judged_anew: true }), at("09:15:30"));
    expect(face.note.toString()).toBe("being judged anew");
});
