import { allowTranslations, patchTranslations } from "@web/../tests/web_test_helpers";
import { formatLate, formatLength } from "@vip_base/core/duration";

import { CASES } from "./written_cases";

import { beforeEach, describe, expect, test } from "@odoo/hoot";

describe.current.tags("headless");

beforeEach(() => allowTranslations());

const WRITERS = {
    lengths: formatLength,
    precise: (seconds) => formatLength(seconds, { precise: true }),
    late: formatLate,
};

for (const [kind, write] of Object.entries(WRITERS)) {
    test(`the table of ${kind} holds in English`, () => {
        for (const [seconds, english] of CASES[kind]) {
            expect(String(write(seconds))).toBe(english);
        }
    });

    test(`the table of ${kind} holds in Chinese`, () => {
        patchTranslations({ vip_base: CASES.words });
        for (const [seconds, , chinese] of CASES[kind]) {
            expect(String(write(seconds))).toBe(chinese);
        }
    });
}
