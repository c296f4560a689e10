import { initials } from "@vip_base/components/initials/initials";

import { describe, expect, test } from "@odoo/hoot";

describe.current.tags("headless");

test("a person is known by the family name's character, or by the letters of two names", () => {
    expect(initials("朱玉兰")).toBe("朱");
    expect(initials("Martina Čermáková")).toBe("MČ");
    expect(initials("Ana Maria  de Souza")).toBe("AS");
    expect(initials("ann")).toBe("A");
    expect(initials("")).toBe("");
});
