import { registry } from "@web/core/registry";

import { inWords } from "@vip_base/../tests/tours/ways";

const TILE = "[data-tile='sla_scoring/contest']";

/** From where the agent starts it is two presses to contest a deduction. */
registry.category("web_tour.tours").add("sla_scoring_appeal", {
    steps: () => [
        {
            content: "The home says that something may be contested: press one",
            trigger: `${TILE}[data-count='1'] :is(a, button), ${TILE}[data-count='1']:is(a, button)`,
            run: "click",
        },
        {
            content: "The sum stands above",
            trigger: ".o_score_my_points .o_score_my_total",
        },
        {
            content: "The row says that it may be contested: press two",
            trigger: "button[name=action_appeal]",
            run: "click",
        },
        {
            content: "The appeal is open",
            trigger: ".modal [name=reason] textarea",
            run: "edit The client called back at nine",
        },
        {
            content: "Submit it",
            trigger: `.modal-footer button.btn-primary${inWords("Submit", "提交")}`,
            run: "click",
        },
        {
            content: "It says until when it is answered",
            trigger: `.o_notification${inWords("Your appeal is submitted", "申诉已提交")}`,
        },
    ],
});
