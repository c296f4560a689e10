import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sla_promise_first_hour", {
    steps: () => [
        {
            content: "The hours are there from the first day",
            trigger: ".o_vip_first_hour [data-step='vip_base/hours'][data-done='1']",
        },
        {
            content: "The tiers are not confirmed",
            trigger:
                "[data-step='vip_service/tiers'][data-done='0'] .o_vip_first_hour_head[aria-expanded=false]",
            run: "click",
        },
        {
            content: "They are looked at and confirmed",
            trigger:
                "[data-step='vip_service/tiers'] .o_vip_first_hour_open .btn-primary",
            run: "click",
        },
        {
            content: "The data say that it is done",
            trigger: "[data-step='vip_service/tiers'][data-done='1']",
        },
    ],
});

registry.category("web_tour.tours").add("sla_promise_operations", {
    steps: () => [
        {
            content: "No back-up was ever told of",
            trigger: "[data-check='vip_base/backup'][data-wrong='1'] small",
        },
        {
            content: "Nothing is put aside",
            trigger: "[data-check='sla_promise/aside'][data-wrong='0']",
        },
    ],
});
