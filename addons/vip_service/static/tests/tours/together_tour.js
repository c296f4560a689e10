import { registry } from "@web/core/registry";

const ROW = ".o_vip_together tr[data-flags~=two]";

registry.category("web_tour.tours").add("vip_service_decide_together", {
    steps: () => [
        {
            content: "Who rises two tiers at once needs a look and stands first",
            trigger: `${ROW}:contains(Tour Futures)`,
        },
        {
            content: "The main button leaves it out",
            trigger: ".o_vip_together_plain:disabled",
        },
        {
            content: "All of them are approved, from tomorrow on",
            trigger: ".o_vip_together_all",
            run: "click",
        },
        {
            content: "Nothing waits any more",
            trigger: ".o_vip_together[data-count='0']",
        },
        {
            content: "It is taken back at once",
            trigger: ".o_notification_buttons button",
            run: "click",
        },
        {
            content: "and waits again",
            trigger: `${ROW}:contains(Tour Futures)`,
        },
        {
            content: "It is approved after all",
            trigger: ".o_vip_together_all",
            run: "click",
        },
        {
            content: "and nothing waits",
            trigger: ".o_vip_together[data-count='0']",
        },
    ],
});
