import { registry } from "@web/core/registry";

import { inWords } from "@vip_base/../tests/tours/ways";

const input = (name) => `.o_form_view [name=${name}] input`;

/** Type into a date, which is a button until somebody wants to change it. */
const date = (name, value) => ({
    content: `When: ${name}`,
    trigger: `${input(name)}, .o_form_view [name=${name}] button`,
    async run({ edit, click, queryFirst, waitFor }) {
        if (!queryFirst(input(name))) {
            await click(`.o_form_view [name=${name}] button`);
        }
        await edit(value, await waitFor(input(name)));
    },
});

registry.category("web_tour.tours").add("sla_promise_holiday_previewed", {
    steps: () => [
        {
            content: "A holiday is entered",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "It has a name",
            trigger: `${input("name")}, .o_form_view [name=name] textarea`,
            run: "edit Moving house",
        },
        date("date_from", "+1M"),
        date("date_to", "+14d"),
        {
            content: "Before it is saved, ask what it would do",
            trigger: ".o_worktime_preview",
            run: "click",
        },
        {
            content: "Limits move",
            trigger: `.modal li${inWords("that move: [1-9]", "中的 [1-9]")}`,
        },
        {
            content: "Close the answer",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "Save it",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "What it did is told",
            trigger: `.o_notification${inWords("that move: [1-9]", "中的 [1-9]")}`,
        },
    ],
});
