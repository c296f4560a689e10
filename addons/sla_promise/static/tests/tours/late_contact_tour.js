import { registry } from "@web/core/registry";

import { opener, press } from "@vip_base/../tests/tours/ways";

registry.category("web_tour.tours").add("sla_promise_late_contact_logged", {
    steps: () => [
        {
            content: "A ticket that is late",
            trigger: opener("Close my account"),
            run: "click",
        },
        ...press("Log a contact", "登记联络"),
        {
            content: "The client was called long ago",
            trigger: ".modal [name=at] input, .modal [name=at] button",
            async run({ edit, click, queryFirst, waitFor }) {
                if (!queryFirst(".modal [name=at] input")) {
                    await click(".modal [name=at] button");
                }
                await edit("-100M", await waitFor(".modal [name=at] input"));
            },
        },
        {
            content: "and was told",
            trigger: ".modal [name=note] textarea",
            run: "edit Told that it will be done today",
        },
        {
            content: "Nothing counts until a manager agrees, who wants to see proof",
            trigger: ".modal:has(.alert-warning) [name=evidence] textarea",
            run: "edit Called from the desk, extension 12",
        },
        {
            content: "Log it",
            trigger: ".modal button[name=action_log]",
            run: "click",
        },
        {
            content: "The ticket is there again",
            trigger: "body:not(:has(.modal)) .o_form_view .o_sla_clocks",
        },
    ],
});

registry.category("web_tour.tours").add("sla_promise_late_contact_decided", {
    steps: () => [
        {
            content: "What was logged late waits",
            trigger: opener("Close my account"),
            run: "click",
        },
        {
            content: "It says how he knows",
            trigger: ".o_form_view [name=evidence]:contains(extension 12)",
        },
        ...press("Approve", "批准"),
        {
            content: "What follows is said before",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It is decided",
            trigger:
                ".o_form_view:not(:has(button[name=action_approve])):has([name=decided_by_id])",
        },
    ],
});
