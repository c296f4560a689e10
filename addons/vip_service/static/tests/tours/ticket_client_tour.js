import { registry } from "@web/core/registry";

import { inWords, opener } from "@vip_base/../tests/tours/ways";

/** From a ticket it is one press to the page of its client, and one back. */
registry.category("web_tour.tours").add("vip_service_ticket_client", {
    steps: () => [
        {
            content: "Open the ticket",
            trigger: opener("Unlock my login"),
            run: "click",
        },
        {
            content: "What is to be done next stands there, once",
            trigger: ".o_vip_ticket_form:has(.o_vip_next_action)",
            run({ anchor }) {
                if (anchor.querySelectorAll(".o_vip_next_action").length !== 1) {
                    throw new Error("The next action stands there more than once.");
                }
            },
        },
        {
            content: "The conversation stands below the facts",
            trigger: ".o_form_sheet + .o-mail-Form-chatter .o-mail-Chatter",
        },
        {
            content: "The client is beside it: one press",
            trigger: ".o_vip_client_panel:contains(Tour Trading) .o_vip_open_client",
            run: "click",
        },
        {
            content: "Its page is open",
            trigger: ".o_vip_360_header h2:contains(Tour Trading)",
        },
        {
            content: "One press back",
            trigger:
                ".o_breadcrumb .o_back_button, .o_breadcrumb li:nth-last-child(2) a, .o_breadcrumb .breadcrumb-item:last-of-type a",
            run: "click",
        },
        {
            content: "The ticket is there again",
            trigger: `.o_vip_ticket_form .o_vip_client_panel${inWords("Tour Trading")}`,
        },
    ],
});
