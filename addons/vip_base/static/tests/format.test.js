import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { makeMockEnv, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { currencies } from "@web/core/currency";
import { formatCompact, formatMetric } from "@vip_base/core/format";

import { beforeEach, describe, expect, test } from "@odoo/hoot";

describe.current.tags("headless");

defineMailModels();

beforeEach(async () => {
    await makeMockEnv();
    patchWithCleanup(currencies, {
        7: { symbol: "¥", position: "before", digits: [69, 2] },
    });
});

test("money carries its sign and no cents", () => {
    const metric = { unit: "money", currency_id: 7 };
    expect(formatMetric(1234567.89, metric)).toBe("¥\u00a01,234,568");
    expect(formatMetric(0, metric)).toBe("¥\u00a00");
});

test("quantities keep only the decimals they have", () => {
    const metric = { unit: "quantity", currency_id: false };
    expect(formatMetric(700, metric)).toBe("700");
    expect(formatMetric(12.5, metric)).toBe("12.5");
});

test("no value is no text", () => {
    const metric = { unit: "quantity", currency_id: false };
    expect(formatMetric(null, metric)).toBe("");
    expect(formatMetric(false, metric)).toBe("");
});

test("short numbers follow the reader's language", () => {
    expect(formatCompact(1200000, "en-US")).toBe("1.2M");
    expect(formatCompact(1200000, "zh-CN")).toBe("120万");
});
