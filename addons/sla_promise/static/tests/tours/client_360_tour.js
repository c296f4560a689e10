import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sla_promise_client_360", {
    steps: () => [
        {
            content: "Key points come first",
            trigger: ".o_vip_360_column:first [data-section=key_points] li",
        },
        {
            content: "An open request shows its time left",
            trigger:
                "[data-section=requests] .o_vip_360_row:contains(Unlock my login) " +
                ".o_sla_time_left:contains(left)",
        },
        {
            content: "A late one shows how late",
            trigger:
                "[data-section=requests] .o_vip_360_row:contains(Close my account) " +
                ".o_sla_time_left.text-danger",
        },
        {
            content: "The missed promise is told",
            trigger: "[data-section=breaches] .o_vip_360_row:contains(Resolution)",
        },
    ],
});
