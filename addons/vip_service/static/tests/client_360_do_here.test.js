import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { ActivitySection } from "@vip_service/client_360/activity/activity_section";
import { Client360Header } from "@vip_service/client_360/header/client_360_header";
import { EntitlementsSection } from "@vip_service/client_360/entitlements/entitlements_section";
import { HealthSection } from "@vip_service/client_360/health/health_section";
import { RequestsSection } from "@vip_service/client_360/requests/requests_section";
import { StorySection } from "@vip_service/client_360/story/story_section";
import { TiersSection } from "@vip_service/client_360/tiers/tiers_section";

import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame, mockDate, runAllTimers } from "@odoo/hoot-mock";

describe.current.tags("desktop");
defineMailModels();

beforeEach(() => {
    mockDate("2024-06-15 10:00:00", 0);
    mockService("action", {
        doAction(action, options) {
            expect.step(`${action.res_model} ${action.res_id || action.target || ""}`);
            options?.onClose?.();
        },
    });
});

function mountSection(component, data) {
    return mountWithCleanup(component, {
        props: { data, partnerId: 1, reload: () => expect.step("reload") },
    });
}

const button = (key, sequence) => ({
    key,
    text: key,
    icon: "fa-phone",
    sequence,
    action: { type: "ir.actions.act_window", res_model: key, target: "new" },
});

function mountHeader(partner) {
    return mountWithCleanup(Client360Header, {
        props: {
            partner: {
                id: 1,
                name: "Lin Trading",
                type: "end",
                badges: [],
                buttons: [button("log", 10), button("propose", 60)],
                last_contact: false,
                next_contact: false,
                ...partner,
            },
            reload: () => expect.step("reload"),
        },
    });
}

test("what one does stands in the header, the rest in a menu; then the page is read again", async () => {
    await mountHeader();
    expect(".o_vip_360_last_contact").toHaveText(/None on record/);
    await contains("[data-button=log]").click();
    expect.verifySteps(["log new", "reload"]);
    expect("[data-button=propose]").toHaveCount(0);
    await contains(".o_vip_360_more").click();
    await contains("[data-button=propose]").click();
    expect.verifySteps(["propose new", "reload"]);
});

test("the header says when last and when next", async () => {
    await mountHeader({
        last_contact: { at: "2024-06-08 09:00:00", kind: "Call", days: 7 },
        next_contact: { date: "2024-06-16", by: "Ada", mine: false, text: "Capital" },
    });
    expect(".o_vip_360_last_contact").toHaveText(/Jun 8, call\s*7 days ago/);
    expect(".o_vip_360_next_contact").toHaveText(/tomorrow · Capital · Ada/);
    await contains(".o_vip_360_last_contact a").click();
    expect.verifySteps(["vip.contact "]);
});

test("nobody sees buttons who may do nothing", async () => {
    await mountHeader({ buttons: [] });
    expect(".o_vip_360_buttons").toHaveCount(0);
});

test("a right that is left is used here", async () => {
    const right = {
        id: 5,
        name: "Analyst",
        quota: 2,
        used: 1,
        left: 1,
        period: "year",
    };
    await mountSection(EntitlementsSection, {
        items: [
            { ...right, usable: true },
            { ...right, id: 6, left: 0, used: 2, usable: false },
        ],
    });
    expect(".o_vip_360_use").toHaveCount(1);
    await contains(".o_vip_360_use").click();
    expect.verifySteps(["vip.entitlement.use new", "reload"]);
});

test("a tier period opens its change, for who may see figures", async () => {
    const tier = { id: 3, name: "Platinum", rank: 2, shade: 80, code: "platinum" };
    const memberships = [
        { id: 1, change_id: 9, tier, date_from: "2024-06-01", date_to: false },
    ];
    await mountSection(TiersSection, { memberships, changes_readable: true });
    await contains(".o_vip_360_change").click();
    expect.verifySteps(["vip.tier.change 9"]);
});

test("a tier period leads nowhere for others", async () => {
    const tier = { id: 3, name: "Platinum", rank: 2, shade: 80, code: "platinum" };
    const memberships = [
        { id: 1, change_id: 9, tier, date_from: "2024-06-01", date_to: false },
    ];
    await mountSection(TiersSection, { memberships, changes_readable: false });
    expect(".o_vip_360_change").toHaveCount(0);
});

test("requests of other teams are told of", async () => {
    await mountSection(RequestsSection, {
        open: [],
        closed: [],
        open_count: 0,
        total_count: 0,
        elsewhere_count: 1,
        elsewhere: [
            { number: "HT7", category: "Closing", stage: "In Progress", user: "Li" },
        ],
    });
    expect(".o_vip_360_elsewhere").toHaveText(
        /1 more in another team\s*HT7 · Closing · In Progress · Li/
    );
});

test("what is not measured is named and is not zero", async () => {
    const measure = { weight: 20, unit: "count", low_is_red: false, red: 1 };
    await mountSection(HealthSection, {
        number: 50,
        state: "red",
        measures: [
            {
                ...measure,
                key: "late",
                label: "Late",
                value: 2,
                score: 0,
                is_red: true,
            },
            { ...measure, key: "grade", label: "Grade", value: null, score: null },
        ],
    });
    expect(".o_vip_360_health_number").toHaveText("50");
    expect("[data-measure]").toHaveCount(1);
    expect("[data-measure=late] .o_vip_360_measure_value").toHaveText("2");
    expect(".o_vip_360_health").toHaveText(/Not measured, so not counted: Grade/);
});

test("figures that never came are no chart", async () => {
    await mountSection(ActivitySection, { months: [], series: [], held: [] });
    expect("canvas").toHaveCount(0);
    expect("p").toHaveText(/Not measured/);
});

const line = (key, text) => ({
    key,
    kind: "contact",
    at: "2024-06-14 09:00:00",
    icon: "fa-phone",
    text,
});

test("the story is chosen and searched", async () => {
    onRpc("res.partner", "client_story", ({ args }) => {
        expect.step(JSON.stringify(args.slice(1)));
        return { lines: [line("b", "Found")], next: false };
    });
    await mountSection(StorySection, { lines: [line("a", "Call")], next: false });
    expect(queryAllTexts(".o_vip_360_story_line .text-break")).toEqual(["Call"]);
    await contains("[data-group=tier]").click();
    await animationFrame();
    expect.verifySteps(['[false,["tier"],false]']);
    await contains(".o_vip_360_story_search").edit("保证金", { confirm: false });
    await runAllTimers();
    expect.verifySteps(['[false,["tier"],"保证金"]']);
    await animationFrame();
    expect(queryAllTexts(".o_vip_360_story_line .text-break")).toEqual(["Found"]);
});
