import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    allowTranslations,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

import { beforeEach, describe, expect, test } from "@odoo/hoot";

describe.current.tags("desktop");
defineMailModels();

const SILVER = { id: 2, name: "Silver", rank: 1, shade: 0, code: "silver" };
const RESULT = {
    day: "2024-03-31",
    tiers: [{ ...SILVER, present: 14, today: 12, draft: 9 }],
    months: [
        {
            month: "2024-03-01",
            rises: {},
            falls: { 2: 3 },
            today: { promotion: 0, demotion: 0 },
            actual: { promotion: 0, demotion: 1 },
        },
    ],
    tickets: [{ key: "new", label: "Tickets of key clients", value: "8" }],
    advisers: [
        { id: false, name: "", tiers: [{ id: 2, present: 14, today: 12, draft: 9 }] },
    ],
};

class Backtest extends models.Model {
    _name = "vip.tier.backtest";
    state = fields.Char();
    run_at = fields.Datetime();
    _records = [
        { id: 1, state: "done", run_at: "2024-03-11 09:00:00" },
        { id: 2, state: "running", run_at: "2024-03-11 09:00:00" },
    ];
}
defineModels([Backtest]);

beforeEach(() => {
    allowTranslations();
    onRpc("vip.tier.backtest", "backtest_result", ({ args }) => {
        expect.step(`result of ${args[0]}`);
        return RESULT;
    });
});

function mountBacktest(resId) {
    return mountView({
        type: "form",
        resModel: "vip.tier.backtest",
        resId,
        arch: `<form><field name="state"/><widget name="vip_tier_backtest"/></form>`,
    });
}

test("what a back-test found is fetched once and compared with what is", async () => {
    await mountBacktest(1);
    expect.verifySteps(["result of 1"]);
    expect(".o_vip_backtest_ladder tbody").toHaveText(/Silver\s+12\s+9\s+−3\s+14/);
    expect(".o_vip_backtest_tickets").toHaveText(/Tickets of key clients\s+8/);
    expect(".o_vip_backtest_advisers").toHaveText(/No adviser/);
    expect("canvas").toHaveAttribute("aria-label", /Rises and falls/);
});

test("nothing is fetched while it runs", async () => {
    await mountBacktest(2);
    expect.verifySteps([]);
    expect(".o_vip_backtest").toHaveCount(0);
});
