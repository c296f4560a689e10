import { registry } from "@web/core/registry";

import { inWords, opener } from "@vip_base/../tests/tours/ways";

const PAGE = ".o_vip_client_form";
const TODAY = inWords("today", "今天");

registry.category("web_tour.tours").add("vip_service_advisers_morning", {
    steps: () => [
        {
            content: "Open one of my clients",
            trigger: opener("Tour Trading"),
            run: "click",
        },
        {
            content: "Nobody has spoken to the client, nothing is planned: plan a call",
            trigger: `${PAGE} [data-button=plan]`,
            run: "click",
        },
        {
            content: "What for",
            trigger: ".modal [name=summary] input",
            run: "edit Capital comes back",
        },
        {
            content: "Plan it",
            trigger: ".modal footer [name=action_plan]",
            run: "click",
        },
        {
            content: "The header says what is next",
            trigger: `${PAGE} .o_vip_360_next_contact:contains(Capital comes back)`,
        },
        {
            content: "The client was called: log it",
            trigger: `body:not(:has(.modal)) ${PAGE} [data-button=log]`,
            run: "click",
        },
        {
            content: "It was the planned one",
            trigger: ".modal [name=activity_id]:contains(Capital comes back)",
        },
        {
            content: "What was said",
            trigger: ".modal [name=note] textarea",
            run: "edit Brings more in May",
        },
        {
            content: "Log it",
            trigger: ".modal footer [name=action_log]",
            run: "click",
        },
        {
            content: "The header says when last, and nothing is open any more",
            trigger:
                `${PAGE}:has(.o_vip_360_last_contact a${TODAY})` +
                ":not(:has(.o_vip_360_next_contact:contains(Capital)))",
        },
        {
            content: "More can be done",
            trigger: `body:not(:has(.modal)) ${PAGE} .o_vip_360_more`,
            run: "click",
        },
        {
            content: "Propose another tier",
            trigger: "[data-button=propose]",
            run: "click",
        },
        {
            content: "The highest one",
            trigger: ".modal [name=to_tier_id] .o_radio_item:last input",
            run: "click",
        },
        {
            content: "Why",
            trigger: ".modal [name=reason] textarea",
            run: "edit The family comes too",
        },
        {
            content: "Propose",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "It waits for a decision, and cannot be proposed twice",
            trigger: `body:not(:has(.modal)) ${PAGE} .o_vip_360_more`,
            run: "click",
        },
        {
            content: "There is no second proposal",
            trigger: "body:has([data-button=request]):not(:has([data-button=propose]))",
        },
    ],
});
