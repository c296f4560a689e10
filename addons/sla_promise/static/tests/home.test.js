import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { HomeKept } from "@sla_promise/home/home_kept";
import { HomeQueue } from "@sla_promise/home/home_queue";
import { QueueBulk } from "@sla_promise/queue/queue_bulk";
import { useQueueHelp } from "@sla_promise/queue/queue_help";

import { Component, xml } from "@odoo/owl";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { press, queryAllTexts, waitFor } from "@odoo/hoot-dom";
import { animationFrame, mockDate } from "@odoo/hoot-mock";

describe.current.tags("desktop");
defineMailModels();

beforeEach(() => mockDate("2024-03-04 09:00:00", 0));

const HOME = {
    open: (link) => expect.step(`open ${link.id || link.name}`),
    call: ({ method, kwargs }) => expect.step(`${method} ${kwargs.name}`),
};

function share(of, missed, name) {
    const value = of ? (100 * (of - missed)) / of : false;
    return { of, missed, value, call: name && call(name) };
}

function call(name) {
    return { model: "vip.home", method: "open_missed", kwargs: { name } };
}

function mountKept(data) {
    return mountWithCleanup(HomeKept, {
        props: { data, label: "Promises kept", panelKey: "kept", home: HOME },
    });
}

test("what was missed opens its rows; what was not measured is no zero", async () => {
    await mountKept({
        least: 20,
        today: share(0, 0, "today"),
        net: share(40, 3, "net"),
        gross: share(45, 8, "gross"),
        before: share(0, 0),
        trend: [],
    });
    expect(queryAllTexts(".o_sla_kept b")).toEqual(["–", "92.5 %", "82.2 %", "–"]);
    expect(queryAllTexts(".o_sla_kept button")).toEqual([
        "3 of 40 missed",
        "8 of 45 missed",
    ]);
    await contains(".o_sla_kept button:first").click();
    expect.verifySteps(["open_missed net"]);
});

test("few are not judged, and a line needs days", async () => {
    const day = (number) => ({ day: `2024-03-0${number}`, net: 95, gross: 92 });
    await mountKept({
        least: 20,
        today: share(4, 0, "today"),
        net: share(40, 0, "net"),
        gross: share(40, 0, "gross"),
        before: share(0, 0),
        trend: [day(1), day(2), day(3)],
    });
    expect(".o_sla_kept b:first").toHaveClass("o_vip_figure_few");
    expect(".o_sla_kept button").toHaveCount(0);
    expect("svg polyline").toHaveCount(2);
});

function row(id, due, extra) {
    return {
        id,
        number: `HT0${id}`,
        name: "Unlock",
        client: { id: 5, name: "ACME" },
        tier: false,
        stage: "New",
        stage_means: "new",
        promise: {
            metric: "Resolution",
            at: "2024-03-04 09:00:00",
            due,
            left: 1800,
            share: 0.5,
            soon: false,
            until: false,
            waits: false,
        },
        ...extra,
    };
}

test("rows of the queue open their ticket, numbers the rest", async () => {
    const link = (name) => ({ model: "helpdesk.ticket", name });
    await mountWithCleanup(HomeQueue, {
        props: {
            data: {
                sections: [
                    {
                        key: "due",
                        label: "Due today",
                        count: 3,
                        rows: [row(7, "2024-03-04 09:30:00")],
                        link: link("due"),
                    },
                ],
                below: [
                    { key: "later", label: "Later", count: 2, link: link("later") },
                ],
            },
            label: "My queue",
            panelKey: "sla_promise/queue",
            home: HOME,
        },
    });
    expect("[data-ticket=HT07]").toHaveText(/30 min/);
    await contains("[data-ticket=HT07]").click();
    await contains(".o_sla_home_more a").click();
    await contains(".o_sla_home_below button").click();
    expect.verifySteps(["open 7", "open due", "open later"]);
});

test("what may be done with some of many says with how many", async () => {
    const record = (sla_acts) => ({ data: { sla_acts, commercial_partner_id: false } });
    await mountWithCleanup(QueueBulk, {
        props: {
            selection: [record(["take", "solve"]), record(["solve"])],
            run: (act) => expect.step(act),
        },
    });
    expect(queryAllTexts("button")).toEqual([
        "Take this request (1/2)",
        "Solve this request",
    ]);
    await contains("[data-act=solve]").click();
    expect.verifySteps(["solve"]);
});

test("a question mark shows all keys, but not where one types", async () => {
    class Page extends Component {
        static template = xml`<input class="typed"/>`;
        static props = [];
        setup() {
            useQueueHelp([{ key: "j", command: "Mark the next request" }]);
        }
    }
    await mountWithCleanup(Page);
    await contains(".typed").click();
    await press("?");
    await animationFrame();
    expect(".o_sla_help").toHaveCount(0);
    document.activeElement.blur();
    await press("?");
    await waitFor(".o_sla_help");
    expect(queryAllTexts(".o_sla_help dt")).toEqual(["J", "?"]);
});
