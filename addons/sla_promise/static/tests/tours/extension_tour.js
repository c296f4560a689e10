import { registry } from "@web/core/registry";

import { opener, press } from "@vip_base/../tests/tours/ways";

const COUNTDOWN = ".o_sla_clock[data-metric=resolution][data-state=running]";

registry.category("web_tour.tours").add("sla_promise_extension_asked", {
    steps: () => [
        {
            content: "A ticket that has time left",
            trigger: opener("Unlock my login"),
            run: "click",
        },
        {
            content: "Its promise leads to its clock",
            trigger: COUNTDOWN,
            run: "click",
        },
        ...press("Ask to extend", "申请延期"),
        {
            content: "By how much",
            trigger: ".modal [name=duration] input",
            run: "edit 30",
        },
        {
            content: "and why",
            trigger: ".modal [name=reason] textarea, .modal [name=reason] input",
            run: "edit The bank answers tomorrow",
        },
        {
            content: "Send it",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The clock is there again",
            trigger: "body:not(:has(.modal)) .o_form_view",
        },
    ],
});

registry.category("web_tour.tours").add("sla_promise_extension_decided", {
    steps: () => [
        {
            content: "It waits for a manager",
            trigger: opener("Unlock my login"),
            run: "click",
        },
        {
            content: "who reads why",
            trigger: ".o_form_view [name=reason]:contains(The bank answers tomorrow)",
        },
        ...press("Approve", "批准"),
        {
            content: "The limit that it leads to is told",
            trigger:
                ".o_form_view:not(:has(button[name=action_approve])) [name=due_at]",
        },
    ],
});
