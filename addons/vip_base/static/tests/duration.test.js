import { allowTranslations } from "@web/../tests/web_test_helpers";
import { formatDigits, formatLength } from "@vip_base/core/duration";

import { beforeEach, describe, expect, test } from "@odoo/hoot";

describe.current.tags("headless");

beforeEach(() => allowTranslations());

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test("words name the unit that matters", () => {
    expect(formatLength(0)).toBe("0 s");
    expect(formatLength(45)).toBe("45 s");
    expect(formatLength(12 * MINUTE + 59)).toBe("12 min");
    expect(formatLength(HOUR + 5 * MINUTE)).toBe("1 h 05");
    expect(formatLength(2 * DAY + 3 * HOUR + 59 * MINUTE)).toBe("2 d 3 h");
});

test("words step over each boundary at the full unit", () => {
    expect(formatLength(MINUTE - 1)).toBe("59 s");
    expect(formatLength(MINUTE)).toBe("1 min");
    expect(formatLength(HOUR - 1)).toBe("59 min");
    expect(formatLength(HOUR)).toBe("1 h 00");
    expect(formatLength(DAY - 1)).toBe("23 h 59");
    expect(formatLength(DAY)).toBe("1 d 0 h");
});

test("digits run like a clock", () => {
    expect(formatDigits(45)).toBe("00:45");
    expect(formatDigits(12 * MINUTE + 34)).toBe("12:34");
    expect(formatDigits(5 * HOUR + 6 * MINUTE + 7)).toBe("5:06:07");
    expect(formatDigits(2 * DAY + 3 * HOUR + 4)).toBe("2 d 03:00:04");
});

test("the sign and parts of a second do not show", () => {
    expect(formatLength(-75.9)).toBe("1 min");
    expect(formatDigits(-75.9)).toBe("01:15");
});
