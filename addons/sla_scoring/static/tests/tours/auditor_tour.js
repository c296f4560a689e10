import { registry } from "@web/core/registry";

import { counting, inWords, lookAt, within } from "@vip_base/../tests/tours/ways";

const HOME = ".o_vip_home[data-role=auditor]";

/** From the home to a record by its name: press one opens the palette, press two it. */
function find(name, heading) {
    return [
        counting(HOME),
        {
            content: "Look for a name",
            trigger: ".o_vip_home_search",
            run: "click",
        },
        {
            content: "It is typed",
            trigger: ".o_command_palette_search input",
            // The palette has the focus: one types, and presses nothing.
            run({ anchor }) {
                anchor.value = `:${name}`;
                anchor.dispatchEvent(new window.Event("input", { bubbles: true }));
            },
        },
        {
            content: "and found",
            trigger: `.o_command:contains(${name})${heading}`,
            run: "click",
        },
    ];
}

registry.category("web_tour.tours").add("sla_scoring_auditor_tier", {
    steps: () => [
        ...find("Tour Futures", ":contains(TOUR-2)"),
        lookAt(".o_vip_360[data-status=ready] [data-section=tiers]"),
        {
            content: "The tier that the client has leads to why",
            trigger: "[data-section=tiers] .o_vip_360_row:first a.o_vip_360_change",
            run: "click",
        },
        {
            content: "The figures and lines of then, who decided, and when",
            trigger: ".o_form_view:has([name=decided_by_id]) .o_vip_evidence",
        },
        within(3, ".o_form_view [name=decided_by_id]"),
    ],
});

registry.category("web_tour.tours").add("sla_scoring_auditor_points", {
    steps: () => [
        ...find("tour.agent", ":contains(−1.50)"),
        {
            content: "The line says how it came to that",
            trigger: `.o_form_view [name=reason]${inWords("Late")}`,
        },
        within(3, ".o_form_view [name=reason]"),
    ],
});
