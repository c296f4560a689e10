import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("vip_service_finder", {
    steps: () => [
        {
            content: "Any page will do",
            trigger: ".o_action_manager > *",
            run: "press Control+k",
        },
        {
            content: "Look for a client by some letters of its name",
            trigger: ".o_command_palette_search input",
            run: "edit :our Trad",
        },
        {
            content: "It is found, with its number",
            trigger: ".o_command:contains(Tour Trading):contains(TOUR-1)",
            run: "click",
        },
        {
            content: "Its page is open",
            trigger: ".o_vip_360[data-status=ready]:contains(Tour Trading)",
        },
    ],
});
