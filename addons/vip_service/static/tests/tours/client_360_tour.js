import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("vip_service_client_360", {
    steps: () => [
        {
            content: "Open the client",
            trigger: ".o_data_row .o_data_cell:contains(Tour Trading)",
            run: "click",
        },
        {
            content: "The header tells the tier",
            trigger: ".o_vip_360_header .o_vip_tier_badge:contains(Platinum)",
        },
        {
            content: "The road says what is missing",
            trigger:
                "[data-section=road] .o_vip_360_road_text:contains(more to reach Diamond)",
        },
        {
            content: "The figures are drawn",
            trigger: "[data-section=activity] canvas",
            run({ anchor }) {
                if (!window.Chart.getChart(anchor)) {
                    throw new Error("There is a canvas but no chart on it");
                }
            },
        },
        {
            content: "The history begins with the present tier",
            trigger: "[data-section=tiers] .o_vip_360_row:first:contains(Platinum)",
        },
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
            trigger: ".o_form_view .o_breadcrumb .active:contains(Unlock my login)",
        },
    ],
});
