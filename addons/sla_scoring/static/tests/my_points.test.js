import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { MyPoints } from "@sla_scoring/my_points/my_points";

import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";

describe.current.tags("desktop");
defineMailModels();

const PAGE = {
    month: "2024-03-01",
    total: -7.5,
    drafts: -3,
    contest: 2,
    appeals: 1,
    trend: [
        { month: "2024-02-01", value: null },
        { month: "2024-03-01", value: -7.5 },
    ],
    card: { id: 5, name: "February 2024", score: 80 },
    hints: [{ key: "kept", name: "Timeliness", value: 70, target: 95, gain: 12.3 }],
};

function serve(page) {
    onRpc("score.entry", "my_points", () => page);
}

beforeEach(() => {
    mockService("action", {
        doAction: (action, options) =>
            expect.step(
                `${action.res_model || action} ${action.res_id || ""}${
                    options?.additionalContext?.search_default_to_contest || ""
                }`
            ),
    });
});

test("the sum, what is not posted, and what would help most stand above", async () => {
    serve(PAGE);
    await mountWithCleanup(MyPoints, { props: { rows: {} } });
    expect(".o_score_my_total").toHaveText("−7.50");
    expect(".o_score_my_sum").toHaveText(/of it not posted yet: −3.00/);
    expect(queryAllTexts(".o_score_my_hints li")).toEqual([
        "Timeliness: at 95 the score would rise by 12.3.",
    ]);
    // One month with entries is no trend.
    expect(".o_score_my_trend").toHaveCount(0);
});

test("what may be contested and the scorecard are a press away", async () => {
    serve(PAGE);
    await mountWithCleanup(MyPoints, { props: { rows: {} } });
    await contains(".o_score_my_sum a:first").click();
    await contains(".o_score_my_hints a").click();
    expect.verifySteps(["sla_scoring.score_entry_my_action 1", "score.card 5"]);
});

test("without any points there is nothing to sum up", async () => {
    serve({ month: false });
    await mountWithCleanup(MyPoints, { props: { rows: {} } });
    expect(".o_score_my_points").toHaveCount(0);
});
