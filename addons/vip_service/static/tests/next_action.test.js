import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { KeyPoints } from "@vip_service/key_points/key_points";
import { NextActionSection } from "@vip_service/client_360/next_action/next_action_section";
import { StorySection } from "@vip_service/client_360/story/story_section";
import {
    RequestRow,
    requestColumns,
} from "@vip_service/client_360/requests/request_row";

import { Component, xml } from "@odoo/owl";
import { after, beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAllTexts, waitFor } from "@odoo/hoot-dom";
import { mockDate } from "@odoo/hoot-mock";

describe.current.tags("desktop");
defineMailModels();

const TICKET = { id: 11, number: "HT00011", name: "Unlock my login" };

beforeEach(() => {
    mockDate("2024-06-15 10:00:00", 0);
    mockService("action", {
        doAction: ({ res_model, res_id, domain }) =>
            expect.step(`${res_model} ${res_id || JSON.stringify(domain)}`),
    });
});

function action(extra) {
    return {
        key: "reply:helpdesk.ticket,11",
        verb: "reply",
        text: "Answer the client",
        by: "Ada",
        mine: true,
        button: "Reply",
        method: "action_write_to_client",
        promise: "First response",
        until: "2024-06-15 10:30:00",
        note: "Nobody has answered yet",
        since: "2024-06-15 09:00:00",
        link: { model: "helpdesk.ticket", id: 11 },
        ticket: TICKET,
        ...extra,
    };
}

function mount(component, data) {
    return mountWithCleanup(component, {
        props: { data, partnerId: 1, reload: () => {} },
    });
}

test("the first action says who, what was promised, until when and why", async () => {
    await mount(NextActionSection, { items: [action()] });
    expect(".o_vip_next_action").toHaveCount(1);
    expect(".o_vip_next_action").toHaveText(
        /Next action · you · First response · before today 10:30 AM/
    );
    expect(".o_vip_next_action").toHaveText(
        /Nobody has answered yet · since today 9:00 AM/
    );
    await contains(".o_vip_next_action button").click();
    await contains(".o_vip_next_action a").click();
    expect.verifySteps(["helpdesk.ticket 11", "helpdesk.ticket 11"]);
});

test("what others do is said and not offered", async () => {
    await mount(NextActionSection, { items: [action({ mine: false })] });
    expect(".o_vip_next_action").toHaveText(/Next action · Ada/);
    expect(".o_vip_next_action button").toHaveCount(0);
});

test("what is late says when it was due", async () => {
    await mount(NextActionSection, {
        items: [action({ until: "2024-06-15 09:30:00" })],
    });
    expect(".o_vip_next_action .o_vip_late").toHaveText(/was due today 9:30 AM/);
});

test("the others come when asked for", async () => {
    const second = action({ key: "take:helpdesk.ticket,12", verb: "take" });
    await mount(NextActionSection, { items: [action(), second] });
    expect(".o_vip_next_action").toHaveCount(1);
    await contains("a:contains(1 more)").click();
    expect(".o_vip_next_action").toHaveCount(2);
    expect("a:contains(more)").toHaveCount(0);
});

test("nothing to do shows nothing", async () => {
    await mount(NextActionSection, { items: [] });
    expect(".o_vip_next_action").toHaveCount(0);
});

test("a key point leads to the rows behind it, if it has any", async () => {
    const point = { level: "info", priority: 1, source: "", valid_until: false };
    const link = { model: "helpdesk.ticket", name: "Late", domain: [["id", "=", 3]] };
    await mountWithCleanup(KeyPoints, {
        props: {
            items: [
                { ...point, key: "late:res.partner,1", text: "Late: 1", link },
                { ...point, key: "adviser:res.users,5", text: "Ada", link: false },
            ],
        },
    });
    expect(queryAllTexts("li")).toEqual(["Late: 1", "Ada"]);
    expect("li a").toHaveCount(1);
    await contains("li a").click();
    expect.verifySteps(['helpdesk.ticket [["id","=",3]]']);
});

test("what is shown is counted once, useful is counted, done takes it away", async () => {
    onRpc("res.partner", "key_points_shown", ({ args }) => {
        expect.step(`shown ${args[1].join(" ")}`);
        return true;
    });
    onRpc("res.partner", "key_point_said", ({ args }) => {
        expect.step(`said ${args[1]} ${args[2]}`);
        return true;
    });
    const point = { priority: 1, source: "Ada", valid_until: false, link: false };
    await mountWithCleanup(KeyPoints, {
        props: {
            partnerId: 1,
            maySay: true,
            items: [
                { ...point, key: "hint,1", text: "Lots", level: "info", useful: 1 },
                { ...point, key: "late,1", text: "Late", level: "danger", useful: 0 },
            ],
        },
    });
    expect.verifySteps(["shown hint,1 late,1"]);
    expect("li:first .o_vip_key_point_source").toHaveText("Ada · useful once");
    await contains("li:first .o_vip_key_point_say").click();
    await contains("[data-outcome=useful]").click();
    expect("li:first .o_vip_key_point_source").toHaveText("Ada · useful 2 times");
    for (const place of ["last", "first"]) {
        await contains(`li:${place} .o_vip_key_point_say`).click();
        await contains("[data-outcome=done]").click();
    }
    expect.verifySteps(["said hint,1 useful", "said late,1 done", "said hint,1 done"]);
    expect("li").toHaveCount(1);
    expect("li").toHaveText(/^Late/);
});

test("who only reads is offered nothing to say and is not counted", async () => {
    onRpc("res.partner", "key_points_shown", () => expect.step("shown"));
    const point = { key: "a", text: "A", level: "info", priority: 1, source: "" };
    await mountWithCleanup(KeyPoints, {
        props: { partnerId: 1, maySay: false, items: [point] },
    });
    expect(".o_vip_key_point_say").toHaveCount(0);
    expect.verifySteps([]);
});

function line(id, at, extra) {
    return {
        key: `opened,${id}`,
        kind: "opened",
        at,
        whole_day: false,
        icon: "fa-ticket",
        text: `Asked: ${id}`,
        note: false,
        link: false,
        tone: false,
        ...extra,
    };
}

test("the story stands under its days and goes on where it ended", async () => {
    onRpc("res.partner", "client_story", ({ args }) => {
        expect.step(JSON.stringify(args));
        return { lines: [line(1, "2024-06-13 09:00:00")], next: false };
    });
    const next = ["2024-06-14 09:00:00", "opened", 2];
    await mount(StorySection, {
        lines: [line(3, "2024-06-14 10:00:00"), line(2, "2024-06-14 09:00:00")],
        next,
    });
    // Its end is in sight: it goes on by itself.
    await waitFor(".o_vip_360_story_day:eq(1)");
    expect.verifySteps([JSON.stringify([[1], next, false, false])]);
    expect(".o_vip_360_story_day").toHaveCount(2);
    expect(queryAllTexts(".o_vip_360_story_line .flex-grow-1")).toEqual([
        "Asked: 3",
        "Asked: 2",
        "Asked: 1",
    ]);
    expect(".o_vip_360_story_older").toHaveCount(0);
});

test("what happened on a day has no time", async () => {
    const lines = [line(3, "2024-06-14 00:00:00", { whole_day: true })];
    await mount(StorySection, { lines, next: false });
    expect(".o_vip_360_story_line .text-nowrap").toHaveText("");
});

test("a column stands beside requests that have a value for it", async () => {
    class Loud extends Component {
        static template = xml`<b class="loud" t-esc="props.value"/>`;
        static props = { value: String };
    }
    requestColumns.add("loud", Loud);
    after(() => requestColumns.remove("loud"));
    const request = {
        ...TICKET,
        category: false,
        stage: "New",
        opened_at: "2024-06-15 09:00:00",
        closed_at: false,
        user: "Ada",
    };
    await mountWithCleanup(RequestRow, {
        props: { request: { ...request, columns: { loud: "Hey", unknown: 3 } } },
    });
    expect(".loud").toHaveText("Hey");
    await mountWithCleanup(RequestRow, {
        props: { request: { ...request, columns: {} } },
    });
    expect(".loud").toHaveCount(1);
});
