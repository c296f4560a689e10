import { allowTranslations } from "@web/../tests/web_test_helpers";
import { trendChartConfig } from "@sla_scoring/kpi_board/trend_chart";

import { beforeEach, describe, expect, test } from "@odoo/hoot";

describe.current.tags("headless");

beforeEach(() => allowTranslations());

const STYLE = { color: "#111111", fontFamily: "serif" };
const SERIES = [
    { month: "2024-02-01", value: 84.5 },
    { month: "2024-03-01", value: null },
];

test("a month without a value is a gap in the line", () => {
    const { data } = trendChartConfig(SERIES, null, STYLE);
    expect(data.datasets).toHaveLength(1);
    expect(data.datasets[0].data).toEqual([84.5, null]);
    expect(data.datasets[0].spanGaps).toBe(false);
});

test("its target is a flat dashed line", () => {
    const { data } = trendChartConfig(SERIES, 85, STYLE);
    expect(data.datasets[1].data).toEqual([85, 85]);
    expect(data.datasets[1].borderDash).toEqual([6, 4]);
});
