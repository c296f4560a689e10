import { registry } from "@web/core/registry";

import { lookAt, press } from "@vip_base/../tests/tours/ways";

registry.category("web_tour.tours").add("vip_improvement_recheck", {
    steps: () => [
        ...press("Re-check", "复查"),
        lookAt(".o_form_view [name=checks], .o_form_view .o_notebook"),
        {
            content: "It has passed, and what was counted stands there",
            trigger:
                ".o_form_view .o_arrow_button_current[data-value=passed], .o_form_view .o_statusbar_status:contains(/Passed|通过/)",
        },
        {
            content: "Nothing is left to press",
            trigger: ".o_form_view:not(:has(button[name=action_recheck]))",
        },
    ],
});
