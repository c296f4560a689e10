import {
    contains,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { AGAIN, EXPIRES, TYPED, usePresence } from "@vip_base/live/use_presence";

import { Component, xml } from "@odoo/owl";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, freezeTime } from "@odoo/hoot-mock";

describe.current.tags("desktop");
defineMailModels();

let hear;

class Here extends Component {
    static template = xml`
        <input class="here"/>
        <p t-foreach="presence.others" t-as="other" t-key="other.id">
            <t t-esc="other.name"/> <t t-esc="other.doing"/>
        </p>`;
    static props = {};
    setup() {
        this.presence = usePresence(
            () => ({ model: "ticket", id: 5 }),
            ({ target }) => target.classList.contains("here")
        );
    }
}

beforeEach(async () => {
    freezeTime();
    mockService("vip_live", {
        listen: (channel) => {
            expect.step(channel);
            return () => {};
        },
    });
    mockService("bus_service", {
        addEventListener() {},
        removeEventListener() {},
        subscribe: (type, callback) => type === "vip_here" && (hear = callback),
        unsubscribe() {},
        addChannel() {},
        deleteChannel() {},
        start() {},
    });
    onRpc("vip.presence", "here", ({ args }) => {
        if (args[2] !== "gone") {
            expect.step(args.join());
        }
        return true;
    });
    onRpc("res.users", "read", ({ args }) => [{ id: args[0][0], name: "Zhao Jun" }]);
    await mountWithCleanup(Here);
    expect.verifySteps(["vip_live/ticket/5", "ticket,5,reading"]);
});

const others = () => queryAllTexts("p");

test("who else is here is named, greeted once, and expires", async () => {
    await hear({ by: 99, id: 5, doing: "reading" });
    await animationFrame();
    expect(others()).toEqual(["Zhao Jun reading"]);
    expect.verifySteps(["ticket,5,reading"]);
    await hear({ by: 99, id: 5, doing: "typing" });
    await animationFrame();
    expect(others()).toEqual(["Zhao Jun typing"]);
    expect.verifySteps([]);
    await advanceTime(EXPIRES);
    await animationFrame();
    expect(others()).toEqual([]);
    // Who has just come is told soon again, then one says so as usual.
    expect.verifySteps(Array(3).fill("ticket,5,reading"));
});

test("who leaves is gone at once, and who is elsewhere is not here", async () => {
    await hear({ by: 99, id: 5, doing: "reading" });
    await hear({ by: 99, id: 5, doing: "gone" });
    await hear({ by: 98, id: 6, doing: "reading" });
    await animationFrame();
    expect(others()).toEqual([]);
    expect.verifySteps(["ticket,5,reading"]);
});

test("one says again that one is here, and types as long as one types", async () => {
    await advanceTime(AGAIN);
    expect.verifySteps(["ticket,5,reading"]);
    await contains(".here").edit("a", { confirm: false });
    expect.verifySteps(["ticket,5,typing"]);
    await advanceTime(TYPED);
    expect.verifySteps(["ticket,5,reading"]);
});
