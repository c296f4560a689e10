import { allowTranslations } from "@web/../tests/web_test_helpers";
import { backtestChartConfig } from "@vip_service/backtest/backtest_chart_config";

import { beforeEach, describe, expect, test } from "@odoo/hoot";

describe.current.tags("headless");

beforeEach(() => allowTranslations());

const STYLE = { color: "#111111", fontFamily: "serif" };
const TIERS = [
    { id: 1, name: "Silver" },
    { id: 2, name: "Platinum" },
];
const MONTHS = [
    {
        month: "2024-02-01",
        rises: { 2: 3 },
        falls: {},
        today: { promotion: 1, demotion: 0 },
        actual: { promotion: 2, demotion: 0 },
    },
    {
        month: "2024-03-01",
        rises: {},
        falls: { 2: 1 },
        today: { promotion: 0, demotion: 2 },
        actual: { promotion: 0, demotion: 4 },
    },
];

test("rises stand above the line and falls below, only of tiers that have any", () => {
    const { data } = backtestChartConfig(MONTHS, TIERS, STYLE);
    expect(data.datasets.map((set) => [set.label, ...set.data])).toEqual([
        ["Up to Platinum", 3, 0],
        ["Down from Platinum", -0, -1],
        ["Rises by today's thresholds", 1, 0],
        ["Falls by today's thresholds", -0, -2],
        ["Really rose", 2, 0],
        ["Really fell", -0, -4],
    ]);
});

test("what is below the line is written without a sign", () => {
    const { options } = backtestChartConfig(MONTHS, TIERS, STYLE);
    const { label } = options.plugins.tooltip.callbacks;
    expect(label({ dataset: { label: "Really fell" }, raw: -4 })).toBe(
        "Really fell: 4"
    );
    expect(options.scales.y.ticks.callback(-12)).toBe("12");
    expect(options.plugins.legend.labels.usePointStyle).toBe(true);
});
