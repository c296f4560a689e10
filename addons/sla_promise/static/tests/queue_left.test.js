import { allowTranslations } from "@web/../tests/web_test_helpers";
import { queueLeft } from "@sla_promise/queue/queue_left";

import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { mockTimeZone } from "@odoo/hoot-mock";

const { DateTime } = luxon;
describe.current.tags("headless");

beforeEach(() => {
    allowTranslations();
    mockTimeZone(0);
});

const NOW = DateTime.fromISO("2024-03-04T09:00:00Z", { zone: "utc" });

function told(values) {
    return {
        left: 3600,
        share: 0.5,
        soon: false,
        state: "running",
        due: "2024-03-04 10:00:00",
        until: false,
        ...values,
    };
}

function shown(values, later = {}) {
    const row = told(values);
    queueLeft(row, NOW);
    return queueLeft(row, NOW.plus(later));
}

test("what runs counts down from when the row was read", () => {
    expect(shown({}, { minutes: 30 })).toEqual({
        text: "30 min",
        tone: "",
        share: 0.75,
        due: "10:00 AM",
    });
});

test("below five minutes it shows seconds", () => {
    const left = shown({ left: 200, share: 0.9, soon: true }, { seconds: 39 });
    expect(left.text).toBe("2 min 41 s");
    expect(left.tone).toBe("soon");
});

test("past the limit it is late, by the clock on the wall", () => {
    const left = shown({}, { hours: 1, minutes: 6 });
    expect(left.text).toBe("late 6 min");
    expect(left.tone).toBe("late");
    expect(left.share).toBe(1);
});

test("what waits stands still, with what is left of it", () => {
    const left = shown({ due: false, state: "paused", left: 1320 }, { hours: 5 });
    expect(left).toEqual({
        text: "22 min",
        tone: "still",
        share: 0.5,
        due: "stands still",
    });
});

test("outside working hours it says until when it stands still", () => {
    const night = {
        due: "2024-03-05 10:00:00",
        until: "2024-03-05 09:00:00",
    };
    const left = shown(night, { hours: 3 });
    expect(left.text).toBe("1 h");
    expect(left.due).toBe("stands still until tomorrow 9:00 AM");
});
