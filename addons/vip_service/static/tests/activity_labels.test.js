import { apart } from "@vip_service/client_360/activity/activity_chart_config";
import { barColor } from "@vip_service/client_360/activity/activity_labels";

import { describe, expect, test } from "@odoo/hoot";

describe.current.tags("headless");

test("bars have the colours of the tiers that they reach", () => {
    const colors = [0, 80, 32].map(barColor);
    expect(new Set(colors).size).toBe(3);
});

test("marks that would cover each other are left out, the higher stays", () => {
    expect(apart([0, 500, 520, 1000], 1000)).toEqual([0, 520, 1000]);
    expect(apart([0, 500, 500], 1000)).toEqual([0, 500]);
});
