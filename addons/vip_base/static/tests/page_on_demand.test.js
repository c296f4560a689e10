import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    MockServer,
    clickSave,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";

describe.current.tags("desktop");

class Request extends models.Model {
    name = fields.Char();
    line_ids = fields.One2many({ relation: "line", relation_field: "request_id" });

    _records = [
        { id: 1, name: "Unlock", line_ids: [1, 2] },
        { id: 2, name: "Close", line_ids: [3] },
    ];
    _views = {
        "form,7": /* xml */ `
            <form>
                <field name="line_ids">
                    <list><field name="text"/></list>
                </field>
            </form>`,
    };
}

class Line extends models.Model {
    request_id = fields.Many2one({ relation: "request" });
    text = fields.Char();

    _records = [
        { id: 1, request_id: 1, text: "opened" },
        { id: 2, request_id: 1, text: "held" },
        { id: 3, request_id: 2, text: "closed" },
    ];
}
defineMailModels();
defineModels([Request, Line]);

beforeEach(() => {
    onRpc("request", "web_read", ({ kwargs }) => {
        expect.step(Object.keys(kwargs.specification).sort().join(" "));
    });
});

async function mountRequest() {
    await mountView({
        type: "form",
        resModel: "request",
        resId: 1,
        resIds: [1, 2],
        arch: /* xml */ `
            <form>
                <field name="name"/>
                <notebook>
                    <page string="First" name="first">Nothing</page>
                    <page string="Lines" name="lines">
                        <widget name="vip_page_on_demand" view="7"/>
                    </page>
                </notebook>
            </form>`,
    });
}

test("a page is read when it is shown", async () => {
    await mountRequest();
    expect.verifySteps(["display_name name"]);
    expect(".o_data_row").toHaveCount(0);
    await contains(".nav-link:contains(Lines)").click();
    expect.verifySteps(["line_ids"]);
    expect(queryAllTexts(".o_data_row")).toEqual(["opened", "held"]);
    expect(".o_field_x2many_list_row_add").toHaveCount(0);
});

test("it follows the record that is shown", async () => {
    await mountRequest();
    await contains(".nav-link:contains(Lines)").click();
    await contains(".o_pager_next").click();
    await animationFrame();
    const both = ["display_name name", "line_ids"];
    expect.verifySteps([...both, ...both]);
    expect(queryAllTexts(".o_data_row")).toEqual(["closed"]);
});

test("it is read again once the record is saved", async () => {
    await mountRequest();
    await contains(".nav-link:contains(Lines)").click();
    expect.verifySteps(["display_name name", "line_ids"]);
    await contains("[name=name] input").edit("Unlock it");
    expect.verifySteps([]);
    MockServer.env.line.write([2], { text: "passed on" });
    await clickSave();
    await animationFrame();
    expect.verifySteps(["line_ids"]);
    expect(queryAllTexts(".o_data_row")).toEqual(["opened", "passed on"]);
});
