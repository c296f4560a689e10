import { registry } from "@web/core/registry";

import { opener, record, without } from "@vip_base/../tests/tours/ways";

registry.category("web_tour.tours").add("vip_service_approve", {
    steps: () => [
        {
            content: "The proposal waits in the list",
            trigger: record("Tour Futures", "button[name=action_approve]"),
            isActive: ["desktop"],
            run: "click",
        },
        {
            content: "A card is opened",
            trigger: opener("Tour Futures"),
            isActive: ["mobile"],
            run: "click",
        },
        {
            content: "and decided on its own page",
            trigger: ".o_form_view button[name=action_approve]",
            isActive: ["mobile"],
            run: "click",
        },
        {
            content: "where nothing is to be decided any more",
            trigger: ".o_form_view:not(:has(button[name=action_approve]))",
            isActive: ["mobile"],
        },
        {
            content: "Back to what waits",
            trigger: ".o_back_button",
            isActive: ["mobile"],
            run: "click",
        },
        {
            content: "Decided, it leaves the list of what is to be decided",
            trigger: without("Tour Futures"),
        },
    ],
});
