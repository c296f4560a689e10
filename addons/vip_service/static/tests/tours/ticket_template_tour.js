import { registry } from "@web/core/registry";

import { inWords, opener } from "@vip_base/../tests/tours/ways";

const COMPOSER = ".o-mail-Chatter .o-mail-Composer";

/** A template is put into the message to the client, filled in, and goes on from there. */
registry.category("web_tour.tours").add("vip_service_ticket_template", {
    steps: () => [
        {
            content: "Open the ticket",
            trigger: opener("Unlock my login"),
            run: "click",
        },
        {
            content: "Write to the client",
            trigger: ".o-mail-Chatter-sendMessage",
            run: "click",
        },
        {
            content: "A template is at hand",
            trigger: `${COMPOSER} [name=vip-template], ${COMPOSER} button[name=more-actions]`,
            async run({ click, queryFirst }) {
                const own = `${COMPOSER} [name=vip-template]`;
                await click(
                    queryFirst(own) ? own : `${COMPOSER} button[name=more-actions]`
                );
            },
        },
        {
            content: "It is chosen by its name",
            trigger: `.modal .o_data_cell${inWords("Tour greeting")}, .modal .o_kanban_record${inWords("Tour greeting")}`,
            run: "click",
        },
        {
            content: "It stands in the message, filled in",
            trigger: `${COMPOSER}-input:value(Dear Tour Trading)`,
        },
        {
            content: "Send it",
            trigger: `${COMPOSER} .o-mail-Composer-send`,
            run: "click",
        },
        {
            content: "It was said",
            trigger: ".o-mail-Message:contains(Dear Tour Trading)",
        },
    ],
});
