import { getService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { animationFrame, click } from "@odoo/hoot-dom";

describe.current.tags("desktop");
defineMailModels();

const MONTHS = ["2024-02-01", "2024-03-01"];
const CELL = { value: 95, count: 7, of: 40, is_few: false, is_reached: true };
const BOARD = {
    company: "Ours",
    month: "2024-03-01",
    months: MONTHS,
    scopes: [{ key: "company", name: "Ours" }],
    scope: "company",
    podium: [],
    kpis: [
        {
            ...CELL,
            id: 5,
            key: "timeliness",
            name: "Promises kept",
            unit: "%",
            target: 95,
            least: 20,
            lower_is_better: false,
            interval: null,
            series: MONTHS.map((month) => ({ ...CELL, month, interval: null })),
        },
    ],
};

async function mount(detail) {
    onRpc("score.kpi", "kpi_board", () => BOARD);
    onRpc("score.kpi", "kpi_detail", detail);
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "sla_scoring.kpi_board",
    });
}

test("details that cannot be read say so, and the figures stand", async () => {
    let calls = 0;
    await mount(() => {
        calls++;
        throw new Error("of the server");
    });
    expect(".o_kpi_tile[data-key=timeliness]").toHaveCount(1);
    expect(".o_kpi_failed").toHaveCount(1);
    expect(".o_kpi_kept").toHaveCount(0);
    await click(".o_kpi_failed button");
    await animationFrame();
    expect(calls).toBe(2);
    expect(".o_kpi_failed").toHaveCount(1);
});
