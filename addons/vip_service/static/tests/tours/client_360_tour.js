import { registry } from "@web/core/registry";

import { inWords, lookAt, opener } from "@vip_base/../tests/tours/ways";

const PLATINUM = inWords("Platinum", "彩金级");
const MORE_FOR_DIAMOND = inWords("more to reach Diamond", "距钻石级还差");

registry.category("web_tour.tours").add("vip_service_client_360", {
    steps: () => [
        {
            content: "Open the client",
            trigger: opener("Tour Trading"),
            run: "click",
        },
        {
            content: "The header tells the tier",
            trigger: `.o_vip_360_header .o_vip_tier_badge${PLATINUM}`,
        },
        {
            content: "The road says what is missing",
            trigger: `[data-section=road] .o_vip_360_road_text${MORE_FOR_DIAMOND}`,
        },
        lookAt("[data-section=activity]"),
        {
            content: "The figures are drawn",
            trigger: "[data-section=activity] canvas",
            run({ anchor }) {
                if (!window.Chart.getChart(anchor)) {
                    throw new Error("There is a canvas but no chart on it");
                }
            },
        },
        lookAt("[data-section=tiers]"),
        {
            content: "The history begins with the present tier",
            trigger: `[data-section=tiers] .o_vip_360_row:first${PLATINUM}`,
        },
        lookAt("[data-section=entitlements]"),
        {
            content: "The rights of the tier are listed",
            trigger: "[data-section=entitlements] .o_vip_360_row",
        },
        {
            content: "A request leads to its ticket",
            trigger:
                "[data-section=requests] .o_vip_360_requests_open a:contains(Unlock my login)",
            run: "click",
        },
        {
            content: "The ticket is open",
            trigger: ".o_last_breadcrumb_item:contains(Unlock my login)",
        },
    ],
});
