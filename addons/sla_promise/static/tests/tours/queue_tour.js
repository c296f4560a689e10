import { registry } from "@web/core/registry";

import { inWords, opener, record } from "@vip_base/../tests/tours/ways";

const MARKED = ".o_sla_marked";

/** Keys are for desks. */
function desk(...steps) {
    return steps.map((step) => ({ ...step, isActive: ["desktop"] }));
}

registry.category("web_tour.tours").add("sla_promise_queue", {
    steps: () => [
        ...desk(
            {
                content: "What is to be done now comes first, with what that means",
                trigger: `.o_group_header:eq(0)${inWords("Act now", "立即处理", "1 late", "1 个超时")}`,
            },
            {
                content: "The most urgent ticket is marked",
                trigger: `${MARKED}:contains(Close my account)`,
            },
            {
                content: "What it says of the promise",
                trigger: `${MARKED} [name=sla_next] .o_vip_late`,
            },
            {
                content:
                    "What would be done with it is offered below, the rest is pale",
                trigger: `.o_sla_keys span:not(.o_sla_key_idle)${inWords("solve", "解决")}`,
            },
            {
                content: "It is mine already",
                trigger: `.o_sla_keys .o_sla_key_idle${inWords("take", "接手")}`,
            },
            {
                content: "On to the next one",
                trigger: MARKED,
                run: "press j",
            },
            {
                content: "Another one is marked",
                trigger: `${MARKED}:contains(Unlock my login)`,
                run: "press k",
            },
            {
                content: "and back",
                trigger: `${MARKED}:contains(Close my account)`,
            }
        ),
        {
            content: "No picture is asked for to say who holds it",
            trigger: record("Close my account", ".o_vip_initials"),
        },
        {
            content: "One press leads to its client",
            trigger: record("Close my account", ".o_sla_queue_client"),
            run: "click",
        },
        {
            content: "The client's page is open",
            trigger: ".o_vip_360[data-status=ready]:contains(Tour Trading)",
        },
        {
            content: "Back to the queue",
            trigger: ".o_breadcrumb .o_back_button, .o_breadcrumb .breadcrumb-item a",
            run: "click",
        },
        ...desk(
            {
                content: "Solve the marked one",
                trigger: `${MARKED}:contains(Close my account)`,
                run: "press s",
            },
            {
                content: "It says so where it stands, and waits to be let go",
                trigger: `.o_data_row:contains(Close my account) .o_vip_stage_done`,
            },
            {
                content: "Let it go",
                trigger: ".o_sla_news",
                run: "press n",
            },
            {
                content: "Something is still owed on it, but not now",
                trigger: `.o_list_view:not(:has(.o_sla_news)) .o_data_row:eq(0):contains(Unlock my login)`,
            }
        ),
        {
            content: "One press opens the most urgent ticket",
            trigger: opener("Unlock my login"),
            run: "click",
        },
        {
            content: "Here it is",
            trigger: ".o_form_view .o_sla_clock",
        },
    ],
});
