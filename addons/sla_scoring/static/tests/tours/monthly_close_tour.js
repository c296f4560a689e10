import { registry } from "@web/core/registry";

import { inWords, record } from "@vip_base/../tests/tours/ways";

const line = (key, inside = "") => `.o_close_line[data-line=${key}] ${inside}`;

registry.category("web_tour.tours").add("sla_scoring_close_proposed", {
    steps: () => [
        {
            content: "The number of a line opens its rows",
            trigger: line("drafts", ".o_close_number"),
            run: "click",
        },
        {
            content: "exactly these",
            trigger: record("1.50"),
        },
        {
            content: "Back to the checklist",
            trigger: ".o_back_button > a, a.o_back_button, button.o_back_button",
            run: "click",
        },
        {
            content: "Closing is off until a reason is written",
            trigger: ".o_close_leave_out:disabled",
        },
        {
            content: "Say why",
            trigger: ".o_close_decision textarea",
            run: "edit The file comes on Monday",
        },
        {
            content: "Propose to close without them",
            trigger: ".o_close_leave_out:enabled",
            run: "click",
        },
        {
            content: "Another manager confirms",
            trigger: `.o_close_decision button:disabled${inWords("Confirm", "确认")}`,
        },
    ],
});

registry.category("web_tour.tours").add("sla_scoring_close_confirmed", {
    steps: () => [
        {
            content: "The reason is told",
            trigger: ".o_close_quote:contains(The file comes on Monday)",
        },
        {
            content: "Confirm",
            trigger: `.o_close_decision button:enabled${inWords("Confirm", "确认")}`,
            run: "click",
        },
        {
            content: "What follows is said before",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The month is closed and tells what it left out",
            trigger: ".o_close_decision .fa-lock",
        },
        {
            content: "which is one click away",
            trigger: ".o_close_decision .o_close_number",
            run: "click",
        },
        {
            content: "and still a draft",
            trigger: record("1.50"),
        },
    ],
});
