import { registry } from "@web/core/registry";

import { opener } from "@vip_base/../tests/tours/ways";

registry.category("web_tour.tours").add("sla_scoring_my_points", {
    steps: () => [
        {
            content: "Open the line",
            trigger: opener("1.50"),
            run: "click",
        },
        {
            content: "The line says why",
            trigger: ".o_form_view .o_field_widget[name=reason]:contains(Helped out)",
        },
    ],
});
