import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    makeMockEnv,
    patchTranslations,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { currencies } from "@web/core/currency";
import {
    formatCompact,
    formatDay,
    formatMetric,
    formatMoment,
    formatMoney,
} from "@vip_base/core/format";

import { CASES } from "./written_cases";

import { beforeEach, describe, expect, test } from "@odoo/hoot";

const { DateTime, Settings } = luxon;
const NOW = DateTime.fromSQL(CASES.now, { zone: "utc" }).setZone(CASES.zone);

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
    expect(formatMetric(1234567.89, metric)).toBe("¥1,234,568");
    expect(formatMetric(0, metric)).toBe("¥0");
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

for (const [language, place] of [
    ["en-US", 1],
    ["zh-CN", 2],
]) {
    test(`the table of days and moments holds in ${language}`, () => {
        patchWithCleanup(Settings, { defaultLocale: language });
        patchTranslations({ vip_base: place === 2 ? CASES.words : {} });
        for (const row of CASES.days) {
            expect(String(formatDay(row[0], NOW))).toBe(row[place]);
        }
        for (const row of CASES.moments) {
            expect(String(formatMoment(row[0], NOW))).toBe(row[place]);
        }
    });
}

test("the table of money holds", () => {
    patchWithCleanup(currencies, {
        7: { symbol: "¥", position: "before", digits: [69, 2] },
        8: { symbol: "¥", position: "after", digits: [69, 2] },
    });
    for (const [amount, position, expected] of CASES.money) {
        expect(formatMoney(amount, position === "after" ? 8 : 7)).toBe(expected);
    }
});
