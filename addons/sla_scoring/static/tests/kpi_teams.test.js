import { mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { KpiTeams } from "@sla_scoring/kpi_board/kpi_teams";

import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";

describe.current.tags("desktop");
defineMailModels();

const CELL = { value: 2.04, count: 7, is_reached: true };
const LATE = { value: 4.5, count: 3, is_reached: false };
const NONE = { value: null, count: 0, is_reached: null };
const FOUND = {
    months: ["2024-02-01", "2024-03-01"],
    teams: [
        { scope: "company", name: "Ours", cells: [LATE, CELL] },
        { scope: "team-4", name: "First line", cells: [NONE, LATE] },
    ],
};

async function mount(props) {
    onRpc("score.kpi", "kpi_teams", ({ args }) => {
        expect.step(args[0]);
        return FOUND;
    });
    const kpi = { id: 5, name: "Average response", unit: "min" };
    const nothing = () => {};
    await mountWithCleanup(KpiTeams, {
        props: { kpi, onCell: nothing, onClose: nothing, ...props },
    });
}

test("a row per team, the newest month first, coloured by the target", async () => {
    await mount({});
    expect.verifySteps([[5]]);
    expect(queryAllTexts("th")).toEqual([
        "Unit or team",
        "March 2024",
        "February 2024",
    ]);
    expect(queryAllTexts("tbody tr:first-child td")).toEqual([
        "Ours",
        "2.0\n7",
        "4.5\n3",
    ]);
    expect(queryAllTexts("tbody tr:last-child td")).toEqual([
        "First line",
        "4.5\n3",
        "–",
    ]);
    expect("tbody tr:first-child .o_vip_done").toHaveText("2.0");
    expect("tbody .o_vip_soon").toHaveCount(2);
});

test("a number opens the tickets of its team and month", async () => {
    await mount({ onCell: (month, scope) => expect.step(`${month} ${scope}`) });
    await click("tbody tr:last-child button");
    expect.verifySteps([[5], "2024-03-01 team-4"]);
});
