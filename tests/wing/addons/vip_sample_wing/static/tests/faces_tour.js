import { registry } from "@web/core/registry";

const seen = (content, trigger) => ({ content, trigger });

registry.category("web_tour.tours").add("vip_sample_wing_client", {
    steps: () => [
        seen(
            "The badge",
            "[data-badge=sample_guest] .o_vip_stage:contains(Comes by tram)"
        ),
        {
            ...seen("There is more to do", ".o_vip_360_next_action_more"),
            run: "click",
        },
        seen("The next action", "[data-section=next_action] [data-verb=thank]"),
        seen("The key point", "[data-section=key_points] li:contains(Came to see us)"),
        seen("The column", "[data-section=requests] .o_sample_wing_column"),
        {
            ...seen("Go down to the section", "[data-section=sample_visits]"),
            run: ({ anchor }) => anchor.scrollIntoView(),
        },
        seen("The section", ".o_sample_wing_section li:contains(On Monday)"),
        {
            ...seen("Go to the story", "[data-section=story]"),
            run: ({ anchor }) => anchor.scrollIntoView(),
        },
        seen("The line", "[data-section=story] [data-kind=sample_visit]"),
    ],
});

registry.category("web_tour.tours").add("vip_sample_wing_ticket", {
    steps: () => [
        seen("What is to be done", ".o_vip_banner .o_vip_next_action"),
        seen("The banner", ".o_vip_banner .o_sample_wing_banner"),
        seen(
            "The key point",
            ".o_vip_client_panel .o_vip_key_points li:contains(Came to see us)"
        ),
        {
            ...seen("Open the page below", ".o_notebook .nav-link[name=vip_page]"),
            run: "click",
        },
        seen("The page", ".o_sample_wing_page"),
    ],
});
