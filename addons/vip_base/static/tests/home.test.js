import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { Home } from "@vip_base/home/home";
import { HomeTile } from "@vip_base/home/home_tile";
import { homePanels } from "@vip_base/home/home_panel";

import { Component, xml } from "@odoo/owl";
import { after, beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAllTexts, waitFor } from "@odoo/hoot-dom";
import { animationFrame, mockDate } from "@odoo/hoot-mock";

describe.current.tags("desktop");
defineMailModels();

beforeEach(() => {
    mockDate("2024-06-15 10:00:00", 0);
    mockService("action", {
        doAction: ({ name }) => expect.step(name),
    });
});

function tile(extra) {
    return {
        key: "vip_base/late",
        label: "Late now",
        empty: "nothing is late",
        count: 3,
        text: false,
        notes: [],
        oldest: false,
        tone: "late",
        seconds: 0,
        failed: false,
        later: false,
        ...extra,
    };
}

function mountTile(extra) {
    return mountWithCleanup(HomeTile, {
        props: { tile: tile(extra), open: ({ key }) => expect.step(key) },
    });
}

test("a number opens its rows and has a colour", async () => {
    await mountTile({ count: 1234, oldest: "2024-06-15 09:18:00" });
    expect("button.o_vip_home_late .o_vip_home_number").toHaveText("1,234");
    expect(".o_vip_home_notes").toHaveText("longest 42 min");
    await contains("button").click();
    expect.verifySteps(["vip_base/late"]);
});

test("a zero opens nothing, has no colour and says what it means", async () => {
    await mountTile({ count: 0 });
    expect("button").toHaveCount(0);
    expect(".o_vip_home_late").toHaveCount(0);
    expect(".o_vip_home_note").toHaveText("nothing is late");
    await contains("[data-tile]").click();
    expect.verifySteps([]);
});

test("what could not be counted says so and opens nothing", async () => {
    await mountTile({ failed: true });
    expect("button").toHaveCount(0);
    expect(".o_vip_home_note").toHaveText(/Could not be counted/);
});

test("a sum has its sign, what is said below has its colour and its time", async () => {
    const notes = [
        { text: "1 late", tone: "late", at: false },
        { text: "Feedback", tone: false, at: "2024-06-15 15:05:00" },
    ];
    await mountTile({ total: -1.5, notes });
    expect(".o_vip_home_number").toHaveText("−1.5");
    expect(".o_vip_home_notes .o_vip_late").toHaveText("1 late");
    expect(".o_vip_home_notes").toHaveText(/today 3:05 PM · Feedback/);
});

class Loud extends Component {
    static template = xml`<b class="loud" t-esc="props.data.text"/>`;
    static props = ["*"];
}

function panel(extra) {
    return {
        key: "vip_base/loud",
        label: "Loud",
        component: "vip_base/loud",
        place: "main",
        data: false,
        failed: false,
        later: false,
        ...extra,
    };
}

async function mountHome(page, later = { tiles: {}, panels: {} }) {
    homePanels.add("vip_base/loud", Loud);
    after(() => homePanels.remove("vip_base/loud"));
    onRpc("vip.home", "page", () => ({
        role: "agent",
        roles: [{ key: "agent", label: "Agent" }],
        panels: [],
        buttons: [],
        until: false,
        tiles: [],
        cards: [],
        ...page,
    }));
    onRpc("vip.home", "later", () => later);
    onRpc("vip.home", "open_tile", ({ args }) => ({ name: args.join(" ") }));
    await mountWithCleanup(Home, {
        props: { action: {}, actionId: 1, className: "" },
    });
}

test("what is counted later comes by itself, the rest stands meanwhile", async () => {
    await mountHome(
        {
            tiles: [tile(), tile({ key: "slow", count: 0, later: true })],
            panels: [panel({ later: true })],
        },
        {
            tiles: { slow: tile({ key: "slow", count: 7 }) },
            panels: { "vip_base/loud": panel({ data: { text: "Hey" } }) },
        }
    );
    await waitFor(".loud");
    expect(".loud").toHaveText("Hey");
    expect("[data-tile=slow] .o_vip_home_number").toHaveText("7");
    await contains("[data-tile=slow]").click();
    expect.verifySteps(["agent slow"]);
});

test("a part that fails says so and the others stand", async () => {
    await mountHome({
        tiles: [tile()],
        panels: [
            panel({ failed: true, key: "broken" }),
            panel({ data: { text: "Hey" } }),
        ],
    });
    expect("[data-panel=broken]").toHaveText(/The other parts are not concerned/);
    expect(".loud").toHaveText("Hey");
    expect("[data-tile='vip_base/late'] .o_vip_home_number").toHaveText("3");
});

test("a card sums up its lines; those with nothing are not shown", async () => {
    const line = (key, count, oldest = false) =>
        tile({ key, label: key, count, oldest, tone: false });
    await mountHome({
        cards: [
            {
                key: "decisions",
                label: "Decisions waiting",
                lines: [
                    line("excuses", 2, "2024-06-14 10:00:00"),
                    line("appeals", 0),
                    line("changes", 5, "2024-06-12 10:00:00"),
                ],
            },
        ],
    });
    expect("[data-card] header strong").toHaveText("7");
    expect("[data-card] header .o_vip_home_note").toHaveText("oldest 3 d");
    expect(queryAllTexts("[data-card] .o_vip_home_label")).toEqual([
        "excuses",
        "changes",
    ]);
});

test("a desk without work says so", async () => {
    await mountHome({ tiles: [tile({ count: 0 })] });
    await animationFrame();
    expect(".o_vip_home_idle").toHaveCount(1);
});
