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
        at: "2024-03-04 09:00:00",
        waits: false,
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
    const waits = { due: false, state: "paused", left: 1320, waits: "client" };
    expect(shown(waits, { hours: 5 })).toEqual({
        text: "22 min",
        tone: "still",
        share: 0.5,
        due: "until the client answers",
    });
    expect(shown({ ...waits, waits: "outage" }).due).toBe("until the outage ends");
    expect(shown({ ...waits, waits: false }).due).toBe("stands still");
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

test("time is the server's, however wrong the clock of this machine is", () => {
    const row = told({ at: "2024-03-04 09:40:00", left: 1200, share: 0.9 });
    expect(queueLeft(row, NOW)).toEqual({
        text: "20 min",
        tone: "soon",
        share: 0.9,
        due: "10:00 AM",
    });
    expect(queueLeft(row, NOW.plus({ minutes: 26 })).text).toBe("late 6 min");
});
