import { registry } from "@web/core/registry";

import { counting, record, within } from "@vip_base/../tests/tours/ways";

const LATE_ROW = "[data-section=act] .o_sla_home_row:contains(Close my account)";

registry.category("web_tour.tours").add("sla_promise_morning_of_agent", {
    steps: () => [
        counting(".o_vip_home_head"),
        {
            content: "What to do next stands first",
            trigger: ".o_vip_next_action[data-verb=solve] .btn",
        },
        within(0, `${LATE_ROW} .o_vip_late`),
        {
            content: "Above every page is how much is late",
            trigger: ".o_sla_systray .o_vip_late",
        },
        {
            content: "A number opens its rows; nothing leads to none",
            trigger: "div.o_vip_home_tile[data-tile='sla_promise/on_client_mine']",
        },
        {
            content: "Open what is most urgent",
            trigger: `${LATE_ROW} a`,
            run: "click",
        },
        within(1, ".o_form_view .o_field_widget[name=name]"),
        {
            content: "Open what is to be done now",
            trigger: ".o_sla_systray button",
            run: "click",
        },
        {
            content: "These tickets and no others",
            trigger: record("Close my account"),
        },
    ],
});

registry.category("web_tour.tours").add("sla_promise_morning_of_leader", {
    steps: () => [
        counting(".o_vip_home_head"),
        {
            content: "What is late, and why",
            trigger:
                "[data-panel='sla_promise/late'] .o_sla_late:contains(Close my account) .o_sla_late_why",
        },
        within(0, "[data-panel='sla_promise/load'] .o_sla_load_late"),
        {
            content: "How many promises were kept, in a call of its own",
            trigger: "[data-panel='sla_promise/kept'] .o_sla_kept",
        },
        {
            content: "Take load off the agent",
            trigger:
                "[data-panel='sla_promise/load'] .o_sla_load:contains(tour.agent) .btn",
            run: "click",
        },
        {
            content: "What that does is shown before it is done",
            trigger: ".modal .o_sla_move_effect[data-count='1'] .o_sla_move_same",
        },
        {
            content: "Move it",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        within(
            2,
            "[data-panel='sla_promise/load'] .o_sla_load:contains(tour.mate) .o_sla_load_late"
        ),
        {
            content: "The home of agents is one press away",
            trigger: ".o_vip_home_roles button[data-role=agent]",
            run: "click",
        },
        {
            content: "Their numbers stand there",
            trigger: ".o_vip_home[data-role=agent] [data-tile='sla_promise/act_mine']",
        },
    ],
});
