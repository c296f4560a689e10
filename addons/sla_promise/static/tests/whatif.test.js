import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    allowTranslations,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { WhatifChart, whatifChartConfig } from "@sla_promise/whatif/whatif_chart";

import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";

describe.current.tags("desktop");
defineMailModels();

const STYLE = { color: "#111111", fontFamily: "serif" };
const MONTHS = [
    { month: "2024-02-01", both: 3, new: 2, gone: 0, risk: 0 },
    { month: "2024-03-01", both: 1, new: 0, gone: 4, risk: 0 },
];
const RESULT = {
    tickets: 90,
    promises: 200,
    actual_promises: 180,
    breaches: 6,
    actual: 9,
    risk: 5,
    extra: [{ label: "Points", actual: "-3", draft: "-1" }],
    counts: {},
    groups: {
        team: [{ id: 4, name: "First line", new: 2, both: 4, gone: 1, risk: 5 }],
        tier: [{ id: false, name: "", new: 1, both: 0, gone: 0, risk: 0 }],
        item: [],
    },
    months: MONTHS,
};

class Whatif extends models.Model {
    _name = "sla.whatif";
    state = fields.Selection({
        selection: [
            ["draft", "Draft"],
            ["done", "Done"],
        ],
    });
    run_at = fields.Datetime();
    _records = [
        { id: 1, state: "done", run_at: "2024-03-11 09:00:00" },
        { id: 2, state: "draft", run_at: false },
    ];
}
defineModels([Whatif]);

beforeEach(() => allowTranslations());

function mountWhatif(resId) {
    return mountView({
        type: "form",
        resModel: "sla.whatif",
        resId,
        arch: `<form><field name="state"/><widget name="sla_whatif"/></form>`,
    });
}

const rowsOf = (table) =>
    queryAllTexts(`${table} tbody tr`).map((row) => row.split(/\s*\n\s*|\t/).join(" "));

test("bars of a month are stacked: broken in both worlds, and in one of them", () => {
    const { data, options } = whatifChartConfig(MONTHS, STYLE);
    expect(data.labels).toHaveLength(2);
    expect(data.datasets.map((set) => [set.label, ...set.data])).toEqual([
        ["Both", 3, 1],
        ["Only under the draft", 2, 0],
        ["Only really", 0, 4],
    ]);
    expect(options.scales.x.stacked).toBe(true);
    expect(options.scales.y.stacked).toBe(true);
    expect(options.scales.y.ticks).toEqual({ color: "#111111", precision: 0 });
    expect(options.font.family).toBe("serif");
});

test("the chart draws its months and says what it shows", async () => {
    await mountWithCleanup(WhatifChart, { props: { months: MONTHS } });
    expect("canvas").toHaveAttribute(
        "aria-label",
        "Breaches per month, under the draft and really"
    );
});

test("what was found is fetched once and compared with what happened", async () => {
    onRpc("sla.whatif", "whatif_result", ({ args }) => {
        expect.step(`result of ${args[0]}`);
        return RESULT;
    });
    await mountWhatif(1);
    expect.verifySteps(["result of 1"]);
    expect(rowsOf(".o_sla_whatif_totals")).toEqual([
        "Promises 180 200",
        "Breaches 9 6",
        "Kept 95.0 % 97.0 %",
        "Points -3 -1",
        "Newly at risk 5",
    ]);
    expect(".o_sla_whatif h4").toHaveCount(4);
    expect(".o_sla_whatif").toHaveText(/First line\s+5\s+6\s+5/);
    expect(".o_sla_whatif").toHaveText(/No client\s+0\s+1\s+0/);
    expect("canvas").toHaveCount(1);
});

test("nothing is fetched before it is done", async () => {
    onRpc("sla.whatif", "whatif_result", () => expect.step("result"));
    await mountWhatif(2);
    expect.verifySteps([]);
    expect(".o_sla_whatif").toHaveCount(0);
});

test("it is fetched again when the record has been run again", async () => {
    onRpc("sla.whatif", "whatif_result", () => {
        expect.step("result");
        return RESULT;
    });
    onRpc("sla.whatif", "action_run", function () {
        this.env["sla.whatif"].write([1], { run_at: "2024-03-12 09:00:00" });
        return true;
    });
    await mountView({
        type: "form",
        resModel: "sla.whatif",
        resId: 1,
        arch: `<form>
            <header><button name="action_run" type="object" string="Run again"/></header>
            <field name="state"/><field name="run_at"/><widget name="sla_whatif"/>
        </form>`,
    });
    expect.verifySteps(["result"]);
    await contains("button[name=action_run]").click();
    expect.verifySteps(["result"]);
});
