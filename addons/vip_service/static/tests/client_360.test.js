import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { Client360Section } from "@vip_service/client_360/section/client_360_section";
import { Client360, client360Sections } from "@vip_service/client_360/client_360";

import { Component, xml } from "@odoo/owl";
import { after, beforeEach, describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";

describe.current.tags("desktop");

class Client extends models.Model {
    name = fields.Char();
    write_date = fields.Datetime();

    _records = [
        { id: 1, name: "Lin Trading" },
        { id: 2, name: "Sol Futures" },
    ];
}
defineMailModels();
defineModels([Client]);

const TIER = { id: 3, name: "Platinum", rank: 2, shade: 80, code: "platinum" };
const TOP = { id: 4, name: "Diamond", rank: 3, shade: 32, code: "diamond" };

function deposit(extra) {
    return {
        metric: "deposit",
        name: "Deposit",
        unit: "money",
        currency_id: false,
        window_months: 1,
        aggregate: "sum",
        value: 600000,
        needed: 1000000,
        missing: 400000,
        percent: 60,
        passed: false,
        ...extra,
    };
}

function volume(extra) {
    return deposit({
        metric: "volume",
        name: "Volume",
        unit: "quantity",
        value: 700,
        needed: 700,
        missing: 0,
        percent: 100,
        passed: true,
        ...extra,
    });
}

function section(key, data, extra) {
    return { key, title: `Title of ${key}`, sequence: 10, lazy: false, data, ...extra };
}

function page(sections, partner) {
    return {
        partner: {
            id: 1,
            name: "Lin Trading",
            number: "C-0001",
            type: "end",
            type_label: "End client",
            tier: TIER,
            tier_since: "2024-03-01",
            adviser: { id: 5, name: "Ada" },
            currency_id: false,
            email: "",
            phone: "",
            badges: [],
            ...partner,
        },
        sections,
    };
}

async function mountPage({ resIds = [1] } = {}) {
    await mountView({
        type: "form",
        resModel: "client",
        resId: 1,
        resIds,
        arch: /* xml */ `
            <form><sheet>
                <widget name="client_360"/><field name="name"/>
            </sheet></form>`,
    });
}

const road = (data) =>
    section("road", {
        tier: TIER,
        month: "2024-05-01",
        retain: false,
        next: false,
        ...data,
    });

let answer = null;
beforeEach(() => {
    onRpc("res.partner", "client_360", ({ args }) => {
        expect.step(`page ${args[0]}`);
        return answer(args[0][0]);
    });
});

test("one call brings the header and every section", async () => {
    answer = () =>
        page([
            road({
                next: { tier: TOP, match: "all", criteria: [deposit(), volume()] },
            }),
            section("tiers", { memberships: [], proposal: false }),
            section("entitlements", { items: [] }),
        ]);
    await mountPage();
    expect.verifySteps(["page 1"]);
    expect(".o_vip_360_header h2").toHaveText("Lin Trading");
    expect(".o_vip_360_facts .o_vip_tier_badge").toHaveText("Platinum");
    expect(".o_vip_360_facts .o_vip_tier_badge").toHaveClass("o_vip_shade_80");
    expect(".o_vip_360_adviser").toHaveText("Ada");
    expect(queryAllTexts(".o_vip_360_section_title")).toEqual([
        "Title of road",
        "Title of tiers",
        "Title of entitlements",
    ]);
});

test("the road says what is missing", async () => {
    answer = () =>
        page([
            road({
                next: { tier: TOP, match: "all", criteria: [deposit(), volume()] },
            }),
        ]);
    await mountPage();
    expect.verifySteps(["page 1"]);
    expect(".o_vip_360_road_text").toHaveText("Deposit 400,000 more to reach Diamond.");
    expect("[data-metric=deposit] .o_vip_bar > span").toHaveStyle(
        { width: "60%" },
        { inline: true }
    );
    expect("[data-metric=volume] .o_vip_bar").toHaveClass("o_vip_bar_done");
});

test("when any criterion is enough, the missing ones are alternatives", async () => {
    const criteria = [deposit(), volume({ value: 500, missing: 200, passed: false })];
    answer = () => page([road({ next: { tier: TOP, match: "any", criteria } })]);
    await mountPage();
    expect.verifySteps(["page 1"]);
    expect(".o_vip_360_road_text").toHaveText(
        "Deposit 400,000 or Volume 200 more to reach Diamond."
    );
});

test("when any criterion is enough, one that is met qualifies", async () => {
    answer = () =>
        page([
            road({
                next: { tier: TOP, match: "any", criteria: [deposit(), volume()] },
            }),
        ]);
    await mountPage();
    expect.verifySteps(["page 1"]);
    expect(".o_vip_360_road_text").toHaveText("Qualifies for Diamond.");
});

test("a tier at risk is said first", async () => {
    const retain = { match: "all", at_risk: true, criteria: [deposit()] };
    answer = () => page([road({ retain })]);
    await mountPage();
    expect.verifySteps(["page 1"]);
    expect(".o_vip_360_road .alert-warning").toHaveText(
        /Deposit 400,000 more to stay Platinum/
    );
});

test("the pager brings the page of the next client", async () => {
    answer = (id) => page([], { id, name: id === 1 ? "Lin Trading" : "Sol Futures" });
    await mountPage({ resIds: [1, 2] });
    await contains(".o_pager_next").click();
    await animationFrame();
    expect.verifySteps(["page 1", "page 2"]);
    expect(".o_vip_360_header h2").toHaveText("Sol Futures");
});

test("a failed call is said on the page and can be tried again", async () => {
    let broken = true;
    answer = () => {
        if (broken) {
            throw new Error("The database is asleep");
        }
        return page([]);
    };
    await mountPage();
    expect(".o_vip_360 .alert-warning").toHaveCount(1);
    broken = false;
    await click(".o_vip_360 .alert-warning button");
    await animationFrame();
    await animationFrame();
    expect.verifySteps(["page 1", "page 1"]);
    expect(".o_vip_360_header").toHaveCount(1);
});

test("a lazy section is fetched when it comes into sight", async () => {
    onRpc("res.partner", "client_360_section", ({ args }) => {
        expect.step(`section ${args[1]}`);
        return { memberships: [], proposal: false };
    });
    answer = () => page([section("tiers", null, { lazy: true })]);
    await mountPage();
    await expect.waitForSteps(["page 1", "section tiers"]);
    await animationFrame();
    expect("[data-section=tiers]").toHaveText(/Always in the lowest tier so far/);
});

test("a section that breaks leaves the others standing", async () => {
    class Broken extends Component {
        static template = xml`<b t-esc="props.data.absent.text"/>`;
        static props = ["*"];
    }
    client360Sections.add("broken", Broken);
    after(() => client360Sections.remove("broken"));
    answer = () =>
        page([
            section("broken", {}),
            section("tiers", { memberships: [], proposal: false }),
        ]);
    await mountPage();
    await animationFrame();
    expect.verifySteps(["page 1"]);
    expect("[data-section=broken] [role=alert]").toHaveCount(1);
    expect("[data-section=tiers]").toHaveText(/Always in the lowest tier so far/);
});

test("a section folds and unfolds", async () => {
    expect(Client360Section.props.partnerId).toBe(Number);
    answer = () => page([section("tiers", { memberships: [], proposal: false })]);
    await mountPage();
    expect.verifySteps(["page 1"]);
    await contains("[data-section=tiers] button").click();
    expect("[data-section=tiers] .o_vip_360_section_body").toHaveCount(0);
    await contains("[data-section=tiers] button").click();
    expect("[data-section=tiers] .o_vip_360_section_body").toHaveCount(1);
});

test("badges say until when, since when and why", async () => {
    const badge = { tone: "info", text: "", since: false, until: false, note: false };
    answer = () =>
        page([], {
            badges: [
                {
                    ...badge,
                    key: "override",
                    label: "Override",
                    until: "2024-06-01",
                    note: "Founder of the firm",
                },
                {
                    ...badge,
                    key: "lifecycle",
                    label: "Life cycle",
                    text: "Active",
                    since: "2024-02-01",
                },
            ],
        });
    await mountPage();
    expect.verifySteps(["page 1"]);
    expect("[data-badge=override] .o_vip_stage").toHaveText("until Jun 1, 2024");
    expect("[data-badge=override]").toHaveText(/Founder of the firm/);
    expect("[data-badge=lifecycle]").toHaveText(/Active.*since Feb 1, 2024/s);
});

test("the road says who is judged together", async () => {
    answer = () => page([road({ group: { name: "Family Wang", count: 3 } })]);
    await mountPage();
    expect.verifySteps(["page 1"]);
    expect(".o_vip_360_road").toHaveText(/Family Wang, 3 clients together/);
});

test("a form that makes its widgets anew before they are shown asks once", () => {
    const record = { resId: 1 };
    const orm = { call: () => expect.step("asked") };
    const widget = (version, shown) => ({ props: { record }, orm, version, shown });
    const fetch = Client360.prototype.fetch;
    fetch.call(widget("1@noon", false), 1);
    fetch.call(widget("1@noon", false), 1);
    expect.verifySteps(["asked"]);
    fetch.call(widget("1@later", false), 1);
    expect.verifySteps(["asked"]);
    // What is shown is asked for as often as it is renewed.
    fetch.call(widget("1@later", true), 1);
    expect.verifySteps(["asked"]);
});
