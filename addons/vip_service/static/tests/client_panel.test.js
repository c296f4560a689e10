import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";

describe.current.tags("desktop");

class Ticket extends models.Model {
    _name = "helpdesk.ticket";
    name = fields.Char();
    write_date = fields.Datetime();
    _records = [{ id: 1, name: "Unlock my login", write_date: "2024-06-03 10:00:00" }];
}
defineMailModels();
defineModels([Ticket]);

const point = (number) => ({
    key: `kind:${number}`,
    level: "info",
    text: `Point ${number}`,
    link: false,
    source: "",
});

const PANEL = {
    partner: {
        id: 7,
        name: "Tour Trading",
        number: "T-1",
        type_label: "End client",
        city: "Shanghai",
        phone: "123",
        tier: { id: 3, name: "Diamond", rank: 3, shade: 32, code: "diamond" },
        tier_since: "2024-06-01",
        adviser: { id: 4, name: "Peng", phone: false },
    },
    road: {
        kind: "keep",
        tier: { id: 3, name: "Diamond", rank: 3, shade: 32 },
        metric: "Deposit",
        percent: 90,
        about: true,
        at_risk: true,
        month: "2024-05-01",
    },
    key_points: [1, 2, 3, 4, 5].map(point),
    requests: {
        items: [
            {
                id: 9,
                number: "HT9",
                name: "Margin",
                stage: "Solved",
                kind: "done",
                late: 720,
            },
        ],
        count: 3,
        elsewhere: 2,
    },
    rights: [
        { id: 1, name: "A call", quota: 4, used: 1, left: 3, period: "year" },
        { id: 2, name: "Standard", quota: 0, used: 0, left: false, period: "year" },
    ],
};

beforeEach(() => {
    mockService("action", {
        doAction: (action, options) =>
            expect.step(`${action.res_model || action} ${options?.props?.resId || ""}`),
    });
});

async function mountPanel(answer = () => PANEL) {
    onRpc("helpdesk.ticket", "client_panel", answer);
    await mountView({
        type: "form",
        resModel: "helpdesk.ticket",
        resId: 1,
        arch: `<form><sheet><field name="name"/></sheet><widget name="vip_client_panel"/></form>`,
    });
    await animationFrame();
}

test("it says who the client is, how it stands and what it is owed", async () => {
    await mountPanel();
    expect(".o_vip_panel_who").toHaveText(/Tour Trading/);
    expect(".o_vip_panel_road").toHaveText(/Keeping Diamond/);
    expect(".o_vip_panel_road").toHaveText(/Deposit about 90 % of the line/);
    expect(queryAllTexts(".o_vip_panel_rights .o_vip_panel_line")).toEqual([
        "A call\n3 of 4 this year",
        "Standard\nno limit",
    ]);
    expect(".o_vip_panel_requests").toHaveText(/late 12 min/);
    expect(".o_vip_panel_requests").toHaveText(/2 more in other teams/);
});

test("the page of the client is one press away", async () => {
    await mountPanel();
    await contains(".o_vip_open_client").click();
    expect.verifySteps(["vip_service.client_action 7"]);
});

test("three key points stand there, the others are a press away", async () => {
    await mountPanel();
    expect(".o_vip_key_points li").toHaveCount(3);
    await contains(".o_vip_panel_points h3 a").click();
    expect(".o_vip_key_points li").toHaveCount(5);
});

test("a panel that cannot be read says so and is read again", async () => {
    let works = false;
    await mountPanel(() => {
        if (!works) {
            throw new Error("no");
        }
        return PANEL;
    });
    works = true;
    await contains(".o_vip_panel_card button").click();
    expect(".o_vip_panel_who").toHaveCount(1);
});

test("without a client nothing stands there", async () => {
    await mountPanel(() => false);
    expect(".o_vip_client_panel").toHaveCount(0);
});
