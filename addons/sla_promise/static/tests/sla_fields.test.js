import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";
import { ticker } from "@vip_base/core/ticker";

import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, freezeTime, mockDate } from "@odoo/hoot-mock";

describe.current.tags("desktop");

const CLOCK = {
    id: 31,
    ticket_id: 1,
    metric: "resolution",
    metric_label: "Resolution",
    state: "running",
    due_at: "2024-06-03 10:00:00",
    started_at: "2024-06-03 09:00:00",
    stopped_at: false,
    seconds: 3600,
    overrun_seconds: false,
    warn_at: "2024-06-03 09:48:00",
    policy: "Key clients",
    target: "60 min",
};

class Ticket extends models.Model {
    clock_info = fields.Generic({ type: "json" });
    due_at = fields.Datetime();
    sla_paused = fields.Boolean();

    _records = [
        { id: 1, clock_info: [CLOCK], due_at: "2024-06-03 10:00:00" },
        { id: 2, clock_info: [], due_at: "2024-06-03 08:55:00" },
        { id: 3, clock_info: [{ ...CLOCK, state: "cancelled" }], due_at: false },
        { id: 4, clock_info: [], due_at: false, sla_paused: true },
    ];
}
defineMailModels();
defineModels([Ticket]);

beforeEach(() => {
    mockDate("2024-06-03 09:30:00", 0);
    freezeTime();
});

async function mountTicket(resId) {
    await mountView({
        type: "form",
        resModel: "ticket",
        resId,
        arch: /* xml */ `<form><field name="clock_info" widget="sla_clocks"/></form>`,
    });
}

test("a promise counts down while the page is shown", async () => {
    await mountTicket(1);
    expect(".o_sla_clock_time").toHaveText("30 min left");
    expect(".o_sla_clock_track > span").toHaveStyle({ width: "50%" }, { inline: true });
    await advanceTime(18_000);
    await animationFrame();
    expect(".o_sla_clock_time").toHaveText("29 min left");
    expect(".o_sla_clock_track > span").toHaveStyle(
        { width: "50.5%" },
        { inline: true }
    );
    expect(".o_sla_clock").toHaveClass("o_sla_clock_running");
    expect(ticker.listeners.size).toBe(1);
});

test("a promise leads to its clock", async () => {
    mockService("action", {
        doAction: ({ res_model, res_id }) => expect.step(`${res_model} ${res_id}`),
    });
    await mountTicket(1);
    await contains(".o_sla_clock").click();
    expect.verifySteps(["sla.clock 31"]);
});

test("a ticket without living promises says so", async () => {
    await mountTicket(3);
    expect(".o_sla_clock").toHaveCount(0);
    expect(".o_field_sla_clocks").toHaveText("Nothing is promised for this ticket.");
});

test("the list shows time left and renews it every half minute", async () => {
    await mountView({
        type: "list",
        resModel: "ticket",
        arch: /* xml */ `<list><field name="due_at" widget="sla_time_left"/></list>`,
    });
    const texts = () => queryAllTexts(".o_data_cell");
    expect(texts()).toEqual(["30 min left", "late 35 min", "", "paused"]);
    await advanceTime(60_000);
    await animationFrame();
    expect(texts()).toEqual(["29 min left", "late 36 min", "", "paused"]);
});
