import { seriesColor } from "@vip_service/client_360/activity/activity_labels";

import { describe, expect, test } from "@odoo/hoot";

describe.current.tags("headless");

test("the first six series differ in colour", () => {
    const colors = [0, 1, 2, 3, 4, 5].map(seriesColor);
    expect(new Set(colors).size).toBe(6);
});
