import { Ticker } from "@sla_scoring/core/ticker";

import { describe, expect, test } from "@odoo/hoot";
import { advanceTime } from "@odoo/hoot-mock";

describe.current.tags("headless");

test("each listener is called in its own period by one timer", async () => {
    const ticker = new Ticker();
    const timers = new Set();
    const stopOften = ticker.subscribe(() => expect.step("second"));
    timers.add(ticker.timer);
    const stopRarely = ticker.subscribe(() => expect.step("third"), 3);
    timers.add(ticker.timer);
    await advanceTime(3000);
    expect.verifySteps(["second", "second", "second", "third"]);
    expect(timers.size).toBe(1);
    stopOften();
    stopRarely();
});

test("the timer stops with the last listener and starts with the next", async () => {
    const ticker = new Ticker();
    const stop = ticker.subscribe(() => expect.step("tick"));
    stop();
    expect(ticker.timer).toBe(null);
    await advanceTime(2000);
    expect.verifySteps([]);
    const stopAgain = ticker.subscribe(() => expect.step("tick"));
    await advanceTime(1000);
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
    await advanceTime(2000);
    expect.verifySteps(["once", "other", "other"]);
    stopOther();
});
