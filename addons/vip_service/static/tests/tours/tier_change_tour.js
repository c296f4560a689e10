import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("vip_service_approve", {
    steps: () => [
        {
            content: "The proposal waits in the list",
            trigger: ".o_data_row:contains(Tour Futures) button[name=action_approve]",
            run: "click",
        },
        {
            content: "Decided, it leaves the list of what is to be decided",
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Tour Futures)))",
        },
    ],
});
