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
import { worktimeNoticeService } from "@resource_worktime/worktime_notice/worktime_notice_service";

import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";

describe.current.tags("desktop");

class Leave extends models.Model {
    name = fields.Char();
    hours = fields.Integer();

    _records = [{ id: 1, name: "National Day", hours: 8 }];
}
defineMailModels();
defineModels([Leave]);

async function mountLeave(answer, resId = 1) {
    onRpc("resource.worktime.preview", "preview", ({ args }) => {
        expect.step(args);
        return { lines: [], effects: [], problem: false, ...answer };
    });
    onRpc("web_save", () => expect.step("saved"));
    await mountView({
        type: "form",
        resModel: "leave",
        resId,
        arch: /* xml */ `
            <form>
                <field name="name" required="1"/>
                <field name="hours"/>
                <widget name="worktime_preview" recall="1"/>
            </form>`,
    });
}

test("what has changed is sent, nothing is saved, lines and effects are shown", async () => {
    mockService("action", { doAction: (action) => expect.step(action) });
    await mountLeave({
        lines: ["Office: 08:00 hours fewer"],
        effects: [{ text: "3 limits move" }, { text: "Show", action: { id: 7 } }],
    });
    await contains("[name=hours] input").edit("9");
    await contains(".o_worktime_preview").click();
    expect.verifySteps([["leave", 1, { hours: 9 }]]);
    expect(queryAllTexts(".modal li")).toEqual([
        "Office: 08:00 hours fewer",
        "3 limits move",
        "Show",
    ]);
    // What leaves the form would save it.
    await contains(".modal li a").click();
    expect.verifySteps([{ id: 7, target: "new" }]);
    expect(".modal").toHaveCount(1);
});

test("a new record is sent with all that it has", async () => {
    await mountLeave({}, false);
    await contains("[name=name] input").edit("Tomb Sweeping");
    await contains(".o_worktime_preview").click();
    expect.verifySteps([["leave", false, { name: "Tomb Sweeping", hours: 0 }]]);
    expect(".modal p").toHaveText("Nothing: working time stays as it is.");
});

test("what deleting it would do is asked with nothing to save", async () => {
    await mountLeave({ lines: ["Office: 08:00 hours more"] });
    await contains(".o_worktime_recall").click();
    expect.verifySteps([["leave", 1, false]]);
    expect(queryAllTexts(".modal li")).toEqual(["Office: 08:00 hours more"]);
});

test("a new record cannot be taken back", async () => {
    await mountLeave({}, false);
    expect(".o_worktime_recall").toHaveCount(0);
});

test("what cannot be saved is told", async () => {
    await mountLeave({ problem: "Attendances can't overlap." });
    await contains(".o_worktime_preview").click();
    expect.verifySteps([["leave", 1, {}]]);
    expect(".modal .alert").toHaveText(/Attendances can't overlap/);
});

test("a form that lacks something is not sent", async () => {
    await mountLeave({}, false);
    await contains(".o_worktime_preview").click();
    expect.verifySteps([]);
    expect("[name=name].o_field_invalid").toHaveCount(1);
});

test("after a save one notice says what has moved, with links", () => {
    let hear, options;
    worktimeNoticeService.start(
        {},
        {
            action: { doAction: (action) => expect.step(action) },
            bus_service: {
                subscribe: (type, callback) => {
                    expect.step(type);
                    hear = callback;
                },
                start: () => {},
            },
            notification: {
                add: (text, given) => {
                    expect.step(`${text}`);
                    options = given;
                    return () => expect.step("closed");
                },
            },
        }
    );
    hear({
        title: "Working time has changed",
        effects: [
            { text: "Office: 08:00 hours fewer" },
            { text: "3 limits moved" },
            { text: "Versions", action: "an.action" },
        ],
    });
    expect.verifySteps([
        "resource_worktime_changed",
        "Working time has changed<br/>Office: 08:00 hours fewer<br/>3 limits moved<br/>Versions",
    ]);
    options.buttons[0].onClick();
    expect.verifySteps(["closed", "an.action"]);
});
