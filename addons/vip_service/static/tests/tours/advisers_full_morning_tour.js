import { registry } from "@web/core/registry";

import { inWords, lookAt, opener } from "@vip_base/../tests/tours/ways";

const PAGE = ".o_vip_client_form";
const ALONE = "body:not(:has(.modal))";
const TODAY = inWords("today", "今天");
/** The name of the list above the page. */
const BACK = ".o_breadcrumb .o_back_button, .o_breadcrumb a";

/** Prepare one call: read what is to be minded, make it, and write it down. */
function call(name, hint) {
    return [
        { content: `Open ${name}`, trigger: opener(name), run: "click" },
        {
            content: "What is to be minded stands in the header",
            trigger: `${PAGE} .o_vip_care:contains(Write, do not ring)`,
        },
        lookAt(`${PAGE} [data-section=key_points]`),
        {
            content: "A colleague's hint is there; it helps",
            trigger: `${PAGE} .o_vip_key_point:contains(${hint}) .o_vip_key_point_say`,
            run: "click",
        },
        {
            content: "Say so",
            trigger: ".o-dropdown--menu [data-outcome=useful]",
            run: "click",
        },
        {
            content: "It is counted",
            trigger: `${PAGE} .o_vip_key_point:contains(${hint}) .o_vip_key_point_source${inWords("useful once", "1 次有用")}`,
        },
        {
            content: "The client was called",
            trigger: `${ALONE} ${PAGE} [data-button=log]`,
            run: "click",
        },
        {
            content: "It was the planned one",
            trigger: ".modal [name=activity_id]:contains(Quarter)",
        },
        {
            content: "What was said",
            trigger: ".modal [name=note] textarea",
            run: `edit Spoke to ${name}`,
        },
        {
            content: "Log it",
            trigger: ".modal footer [name=action_log]",
            run: "click",
        },
        {
            content: "The header says so",
            trigger: `${ALONE} ${PAGE} .o_vip_360_last_contact a${TODAY}`,
        },
        { content: "Back to my clients", trigger: BACK, run: "click" },
    ];
}

/** Act on one who is about to fall: the next action plans the contact that may keep it. */
function keep(name) {
    return [
        { content: `Open ${name}`, trigger: opener(name), run: "click" },
        {
            content: "What keeps its tier is what is to be done first",
            trigger: `${PAGE} .o_vip_next_action[data-verb=keep] button`,
            run: "click",
        },
        {
            content: "What for",
            trigger: ".modal [name=summary] input",
            run: "edit Keeps its tier",
        },
        {
            content: "Plan it",
            trigger: ".modal footer [name=action_plan]",
            run: "click",
        },
        {
            content: "The header says what is next",
            trigger: `${ALONE} ${PAGE} .o_vip_360_next_contact:contains(Keeps its tier)`,
        },
        { content: "Back to my clients", trigger: BACK, run: "click" },
    ];
}

registry.category("web_tour.tours").add("vip_service_advisers_full_morning", {
    steps: () => [
        ...call("Morning Call 1", "Expects lots 1"),
        ...call("Morning Call 2", "Expects lots 2"),
        ...call("Morning Call 3", "Expects lots 3"),
        ...keep("Morning Fall 1"),
        ...keep("Morning Fall 2"),
        {
            content: "Ten others: choose all that are left in the list",
            isActive: ["desktop"],
            trigger: ".o_searchview_input",
            run: "edit Morning Ten",
        },
        {
            content: "By their names",
            isActive: ["desktop"],
            trigger: ".o_searchview_input",
            run: "press Enter",
        },
        {
            content: "All ten",
            isActive: ["desktop"],
            trigger:
                ".o_list_view:not(:has(.o_data_row:contains(Morning Call))) thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Plan contacts with them",
            isActive: ["desktop"],
            trigger: ".o_control_panel [name=action_plan_contacts]",
            run: "click",
        },
        {
            content: "What for",
            isActive: ["desktop"],
            trigger: ".modal [name=summary] input",
            run: "edit New year's plans",
        },
        {
            content: "Not all on one day",
            isActive: ["desktop"],
            trigger: ".modal [name=per_day] input",
            run: "edit 4",
        },
        {
            content: "Plan them",
            isActive: ["desktop"],
            trigger: ".modal footer [name=action_plan]",
            run: "click",
        },
        {
            content: "They are planned",
            isActive: ["desktop"],
            trigger: `${ALONE} .o_notification:contains(10)`,
        },
    ],
});
