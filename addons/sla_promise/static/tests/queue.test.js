import { allowTranslations } from "@web/../tests/web_test_helpers";
import { Queue } from "@sla_promise/queue/queue";
import { offered, QueueActs } from "@sla_promise/queue/queue_acts";
import { isActNow } from "@sla_promise/queue/queue_left";
import { QueueNews } from "@sla_promise/queue/queue_news";
import { sectionParts } from "@sla_promise/queue/queue_sections";

import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { mockTimeZone } from "@odoo/hoot-mock";

const { DateTime } = luxon;
describe.current.tags("headless");

beforeEach(() => {
    allowTranslations();
    mockTimeZone(0);
});

const NOW = DateTime.fromISO("2024-03-04T09:00:00Z", { zone: "utc" });

function told(due, values = {}) {
    return {
        at: "2024-03-04 09:00:00",
        due,
        left: 3600,
        share: 0.5,
        soon: false,
        until: false,
        waits: false,
        ...values,
    };
}

function row(resId, section, values = {}) {
    return {
        resId,
        data: {
            sla_section: section,
            sla_next: told("2024-03-04 12:00:00"),
            ...values,
        },
        _setData(data) {
            this.data = data;
        },
    };
}

/** A model of sections of rows, and a server that answers as told. */
function desk(sections, answers = {}) {
    const groups = Object.entries(sections).map(([value, records]) => ({
        value,
        records,
        isFolded: false,
        count: records.length,
    }));
    const root = {
        resModel: "helpdesk.ticket",
        domain: [["user_id", "=", 7]],
        isGrouped: true,
        groupBy: ["sla_section"],
        groups,
        activeFields: {},
        fields: {},
        context: {},
        selection: [],
        get records() {
            return groups.flatMap((group) => group.records);
        },
    };
    const model = { root, load: async () => expect.step("load") };
    const orm = {
        search: async (name, domain) => {
            expect.step(`search ${JSON.stringify(domain)}`);
            return answers.search || [];
        },
        webSearchRead: async () => ({ records: answers.read || [] }),
    };
    return { model, news: new QueueNews({}, orm, () => model) };
}

test("what is new waits, and no row moves", async () => {
    const { news } = desk({ due: [row(1, "due")] }, { search: [2] });
    news.hear([2]);
    await news.settle();
    expect.verifySteps(['search ["&",["user_id","=",7],["id","in",[2]]]']);
    expect(news.state.fresh).toEqual([2]);
    expect(news.root.records.map(({ resId }) => resId)).toEqual([1]);
    await news.apply();
    expect.verifySteps(["load"]);
    expect(news.state.fresh).toEqual([]);
});

test("a row that is shown is renewed where it stands", async () => {
    const changed = { id: 1, name: "New name", sla_section: "due" };
    changed.sla_next = told("2024-03-04 12:00:00");
    const { news } = desk(
        { due: [row(1, "due"), row(2, "due")] },
        { search: [1], read: [changed] }
    );
    news.hear([1]);
    await news.settle();
    expect.verifySteps(['search ["&",["user_id","=",7],["id","in",[1]]]']);
    expect(news.root.records[0].data.name).toBe("New name");
    expect(news.state.fresh).toEqual([]);
    expect(news.state.moved).toEqual([]);
});

test("what would stand in another section is said to have moved", async () => {
    const changed = {
        id: 1,
        sla_section: "act",
        sla_next: told("2024-03-04 12:00:00"),
    };
    const { news } = desk({ due: [row(1, "due")] }, { search: [1], read: [changed] });
    news.hear([1]);
    await news.settle();
    expect.verifySteps(['search ["&",["user_id","=",7],["id","in",[1]]]']);
    expect(news.state.moved).toEqual([1]);
});

test("what has left the queue stays until it is let go", async () => {
    const { news } = desk({ due: [row(1, "due")] });
    news.hear([1]);
    await news.settle();
    expect.verifySteps(['search ["&",["user_id","=",7],["id","in",[1]]]']);
    expect(news.state.moved).toEqual([1]);
    expect(news.root.records.length).toBe(1);
});

test("what was new and has gone is new no more", async () => {
    const answers = { search: [2] };
    const { news } = desk({ due: [row(1, "due")] }, answers);
    news.hear([2]);
    await news.settle();
    answers.search = [];
    news.hear([2]);
    await news.settle();
    expect(news.state.fresh).toEqual([]);
    expect.verifySteps(
        new Array(2).fill('search ["&",["user_id","=",7],["id","in",[2]]]')
    );
});

test("what comes near its limit while one looks would stand elsewhere", () => {
    const near = row(1, "due", { sla_next: told("2024-03-04 09:30:00") });
    const { news } = desk({ due: [near, row(2, "due")] });
    expect(news.movedBy(NOW)).toBe(0);
    expect(news.movedBy(NOW.plus({ minutes: 10 }))).toBe(1);
    expect(isActNow(near.data.sla_next, NOW.plus({ minutes: 9 }))).toBe(false);
    expect(isActNow(told(false), NOW)).toBe(false);
});

test("keys act on what is selected, else on the marked row; the mark keeps to the rows", () => {
    const rows = [row(1, "act"), row(2, "act"), row(3, "due")];
    const { model, news } = desk({ act: rows.slice(0, 2), due: rows.slice(2) });
    const queue = new Queue({ mark: false }, news, null, { model });
    expect(queue.targets).toEqual([rows[0]]);
    queue.step(1);
    queue.step(1);
    queue.step(1);
    expect(queue.marked).toBe(rows[2]);
    queue.step(-5);
    expect(queue.marked).toBe(rows[0]);
    model.root.selection = [rows[1], rows[2]];
    expect(queue.targets).toEqual([rows[1], rows[2]]);
});

test("only what each row allows is offered, one talk to one client, one answer to one", () => {
    const of = (client, acts) =>
        row(1, "act", {
            sla_acts: acts,
            commercial_partner_id: client && { id: client },
        });
    const both = [of(5, ["take", "log", "reply"]), of(6, ["log", "reply"])];
    expect(offered("take", both)).toEqual([both[0]]);
    expect(offered("log", both)).toEqual([]);
    expect(offered("reply", both)).toEqual([]);
    expect(offered("log", [both[0], of(5, ["log"])]).length).toBe(2);
    expect(offered("solve", both)).toEqual([]);
    expect(offered("client", [of(false, [])])).toEqual([]);
    expect(offered("take", [row(1, "act", { sla_acts: false })])).toEqual([]);
});

test("a refusal is said by number, and the rows are read again", async () => {
    const services = {
        orm: {
            call: async (model, method, args) => {
                expect.step(`${method} ${JSON.stringify(args)}`);
                return {
                    done: [1],
                    refused: [{ id: 2, number: "HT2", why: "It is closed." }],
                    next: false,
                };
            },
        },
        notification: { add: (text) => expect.step(text) },
    };
    const acts = new QueueActs(services, async (ids) => expect.step(`read ${ids}`));
    const rows = [1, 2].map((id) => row(id, "act", { sla_acts: ["take"] }));
    await acts.run("take", rows);
    expect.verifySteps(["action_sla_take [[1,2]]", "HT2: It is closed.", "read 1,2"]);
    await acts.run("solve", rows);
    expect.verifySteps([]);
});

test("the head of a section counts what is late and soon, if all of it is shown", () => {
    const rows = [told("2024-03-04 08:54:00"), told("2024-03-04 09:10:00"), false];
    const texts = (whole) =>
        sectionParts("act", rows, whole, NOW).map(({ text }) => text);
    expect(texts(true).slice(0, 2)).toEqual(["1 late", "1 soon"]);
    expect(texts(false).length).toBe(1);
    expect(sectionParts("on_client", rows, true, NOW).length).toBe(1);
    expect(sectionParts("anything", rows, true, NOW)).toEqual([]);
});
