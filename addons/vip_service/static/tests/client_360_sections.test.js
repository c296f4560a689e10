import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    mockService,
    mountWithCleanup,
} from "@web/../tests/web_test_helpers";
import { EntitlementsSection } from "@vip_service/client_360/entitlements/entitlements_section";
import { RequestsSection } from "@vip_service/client_360/requests/requests_section";
import { TiersSection } from "@vip_service/client_360/tiers/tiers_section";

import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { mockDate } from "@odoo/hoot-mock";

describe.current.tags("desktop");
defineMailModels();

const SILVER = { id: 2, name: "Silver", rank: 1, shade: 0, code: "silver" };
const PLATINUM = { id: 3, name: "Platinum", rank: 2, shade: 80, code: "platinum" };

beforeEach(() => {
    mockDate("2024-06-15 10:00:00", 0);
    mockService("action", {
        doAction: ({ res_model, res_id }) => expect.step(`${res_model} ${res_id}`),
    });
});

function mountSection(component, data) {
    return mountWithCleanup(component, {
        props: { data, partnerId: 1, reload: () => {} },
    });
}

function request(extra) {
    return {
        id: 11,
        number: "HT00011",
        name: "Unlock my login",
        category: "Login unlock",
        stage: "In Progress",
        opened_at: "2024-06-15 09:00:00",
        closed_at: false,
        user: "Ada",
        columns: {},
        ...extra,
    };
}

test("a request leads to its ticket", async () => {
    await mountSection(RequestsSection, {
        open: [request()],
        closed: [],
        open_count: 1,
        total_count: 1,
    });
    expect(".o_vip_360_row_note").toHaveText(/Login unlock.*opened today.*Ada/s);
    await contains(".o_vip_360_row a").click();
    expect.verifySteps(["helpdesk.ticket 11"]);
});

test("an unassigned request says so", async () => {
    await mountSection(RequestsSection, {
        open: [request({ user: false })],
        closed: [],
        open_count: 1,
        total_count: 1,
    });
    expect(".o_vip_360_row_note").toHaveText(/unassigned/);
});

test("closed requests tell how many are not shown", async () => {
    const closed = [request({ id: 12, closed_at: "2024-06-14 09:00:00" })];
    await mountSection(RequestsSection, {
        open: [],
        closed,
        open_count: 0,
        total_count: 31,
    });
    expect(".o_vip_360_requests").toHaveText(/Nothing is open/);
    expect(".o_vip_360_requests").toHaveText(/Closed: the last 1 of 31/);
});

test("memberships read as periods and a proposal leads to its decision", async () => {
    await mountSection(TiersSection, {
        memberships: [
            { id: 9, tier: PLATINUM, date_from: "2024-05-02", date_to: false },
            { id: 8, tier: PLATINUM, date_from: "2023-01-02", date_to: "2023-08-02" },
        ],
        proposal: {
            id: 21,
            from_tier: PLATINUM,
            to_tier: SILVER,
            direction: "demotion",
            proposed_at: "2024-06-02 00:00:00",
        },
        changes_readable: true,
    });
    expect(".o_vip_360_row:first").toHaveText(/since May 2/);
    expect(".o_vip_360_row:last").toHaveText(/Jan 2, 2023 to Aug 2, 2023/);
    expect(".alert").toHaveText(/Demotion proposed Jun 2/);
    await contains(".alert a").click();
    expect.verifySteps(["vip.tier.change 21"]);
});

test("an entitlement without quota is unlimited", async () => {
    const item = {
        name: "Adviser",
        description: "",
        period: "month",
        period_label: "per month",
    };
    await mountSection(EntitlementsSection, {
        items: [
            { ...item, id: 1, quota: 0, used: 2, left: false },
            { ...item, id: 2, quota: 4, used: 3, left: 1 },
        ],
    });
    expect(".o_vip_360_row:first").toHaveText(/unlimited/);
    expect(".o_vip_360_row:last").toHaveText(/1 of 4 left/);
    expect(".o_vip_360_row:last .o_vip_bar > span").toHaveStyle(
        { width: "75%" },
        { inline: true }
    );
});
