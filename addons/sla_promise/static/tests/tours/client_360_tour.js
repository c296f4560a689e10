import { registry } from "@web/core/registry";

import { inWords, lookAt } from "@vip_base/../tests/tours/ways";

const RESOLUTION = inWords("Resolution", "解决");

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
                ".o_sla_time_left:not(.o_vip_late)",
        },
        {
            content: "A late one shows how late",
            trigger:
                "[data-section=requests] .o_vip_360_row:contains(Close my account) " +
                ".o_sla_time_left.o_vip_late",
        },
        lookAt("[data-section=breaches]"),
        {
            content: "The missed promise is told",
            trigger: `[data-section=breaches] .o_vip_360_row${RESOLUTION}`,
        },
    ],
});
