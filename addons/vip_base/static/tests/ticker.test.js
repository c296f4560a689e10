import { Ticker } from "@vip_base/core/ticker";

import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { advanceTime, freezeTime, mockDate } from "@odoo/hoot-mock";

describe.current.tags("headless");

beforeEach(() => {
    mockDate("2024-06-03 09:30:00", 0);
    freezeTime();
});

async function advanceSeconds(count) {
    for (let i = 0; i < count; i++) {
        await advanceTime(1000);
    }
}

test("each listener is called in its own period by one timer", async () => {
    const ticker = new Ticker();
    const stopOften = ticker.subscribe(() => expect.step("second"));
    const { timer } = ticker;
    const stopRarely = ticker.subscribe(() => expect.step("third"), 3);
    expect(ticker.timer).toBe(timer);
    await advanceSeconds(3);
    expect.verifySteps(["second", "second", "second", "third"]);
    stopOften();
    stopRarely();
});

test("the timer stops with the last listener and starts with the next", async () => {
    const ticker = new Ticker();
    const stop = ticker.subscribe(() => expect.step("tick"));
    stop();
    expect(ticker.timer).toBe(null);
    await advanceSeconds(2);
    expect.verifySteps([]);
    const stopAgain = ticker.subscribe(() => expect.step("tick"));
    await advanceSeconds(1);
    expect.verifySteps(["tick"]);
    stopAgain();
});

test("a listener may leave while it is called", async () => {
    const ticker = new Ticker();
    const stop = ticker.subscribe(() => {
        expect.step("once");
        stop();
    });
    const stopOther = ticker.subscribe(() => expect.step("other"));
    await advanceSeconds(2);
    expect.verifySteps(["once", "other", "other"]);
    stopOther();
});
