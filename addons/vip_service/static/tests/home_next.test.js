import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { HomeNext } from "@vip_service/home/home_next";

import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAllAttributes } from "@odoo/hoot-dom";
import { mockDate } from "@odoo/hoot-mock";

describe.current.tags("desktop");
defineMailModels();

beforeEach(() => {
    mockDate("2024-06-15 10:00:00", 0);
    onRpc("vip.home", "put_off", ({ args }) => {
        expect.step(JSON.stringify(args));
        return true;
    });
    onRpc("vip.home", "bring_back", () => {
        expect.step("back");
        return true;
    });
});

const ACTION = {
    key: "reply:helpdesk.ticket,11",
    verb: "reply",
    text: "Answer the client",
    by: "Ada",
    mine: true,
    button: "Reply",
    method: "action_write_to_client",
    promise: "First response",
    until: false,
    note: false,
    since: "2024-06-15 09:00:00",
    link: { model: "helpdesk.ticket", id: 11 },
    ticket: { id: 11, number: "HT00011", name: "Unlock my login" },
};

function mount(data) {
    const home = {
        open: (link) => expect.step(`open ${link.id}`),
        method: (name, link) => expect.step(`${name} ${link.id}`),
        reload: () => expect.step("reload"),
    };
    return mountWithCleanup(HomeNext, {
        props: {
            data: { face: false, put_off: false, ...data },
            label: "Next action",
            panelKey: "vip_service/next_action_agent",
            home,
        },
    });
}

test("it is done, opened, or put off until a time that one chooses", async () => {
    await mount({ action: ACTION });
    await contains(".o_vip_next_action .btn-primary").click();
    await contains(".o_vip_next_action a").click();
    expect.verifySteps(["action_write_to_client 11", "open 11"]);
    await contains(".o_vip_later").click();
    expect(queryAllAttributes(".o-dropdown-item", "data-until")).toEqual([
        "half_hour",
        "two_hours",
        "tomorrow",
    ]);
    await contains("[data-until=two_hours]").click();
    expect.verifySteps([
        '["reply:helpdesk.ticket,11","2024-06-15 09:00:00","2024-06-15 12:00:00"]',
        "reload",
    ]);
});

test("nothing is put off beyond what was promised", async () => {
    await mount({ action: { ...ACTION, until: "2024-06-15 11:00:00" } });
    await contains(".o_vip_later").click();
    expect(queryAllAttributes(".o-dropdown-item", "data-until")).toEqual(["half_hour"]);
});

test("what is late is not put off", async () => {
    await mount({ action: { ...ACTION, until: "2024-06-15 09:30:00" } });
    expect(".o_vip_next_action").toHaveCount(1);
    expect(".o_vip_later").toHaveCount(0);
});

test("what is put off is said and can be brought back", async () => {
    await mount({
        action: false,
        put_off: { count: 2, until: "2024-06-15 12:00:00" },
    });
    expect(".o_vip_next_action").toHaveCount(0);
    expect(".o_vip_put_off").toHaveText(/2 put off, the first until today 12:00 PM/);
    await contains(".o_vip_put_off button").click();
    expect.verifySteps(["back", "reload"]);
});
