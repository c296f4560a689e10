import { registry } from "@web/core/registry";

import { inWords, opener, record } from "@vip_base/../tests/tours/ways";

const RESOLUTION = inWords("Resolution", "解决");
const TIMELINE = inWords("Timeline", "时间线");
const COUNTDOWN = ".o_sla_clock[data-metric=resolution][data-state=running]";

registry.category("web_tour.tours").add("sla_promise_ticket_countdown", {
    steps: () => [
        {
            content: "The list says how much time is left",
            trigger: record("Unlock my login", ".o_sla_time_left:not(.o_vip_late)"),
        },
        {
            content: "and what is late",
            trigger: record("Close my account", ".o_sla_time_left.o_vip_late"),
        },
        {
            content: "Open the ticket",
            trigger: opener("Unlock my login"),
            run: "click",
        },
        {
            content: "Its promise counts down",
            trigger: `${COUNTDOWN} .o_sla_clock_track > span`,
            async run({ anchor, waitUntil }) {
                const used = () => parseFloat(anchor.style.width);
                const before = used();
                await waitUntil(() => used() !== before, { timeout: 5000 });
                if (used() <= before) {
                    throw new Error(`${before} % was followed by ${used()} %`);
                }
            },
        },
        {
            content: "Its timeline is read when somebody looks at it",
            trigger: `.o_notebook:not(:has([name=span_ids])) .nav-link${TIMELINE}`,
            run: "click",
        },
        {
            content: "It says who held it and what was promised",
            trigger: "[name=span_ids] .o_data_row",
        },
        {
            content: "in one page",
            trigger: `[name=clock_ids] .o_data_row${RESOLUTION}`,
        },
        {
            content: "The promise leads to its clock",
            trigger: COUNTDOWN,
            run: "click",
        },
        {
            content: "The clock is open",
            trigger: `.o_last_breadcrumb_item${RESOLUTION}`,
        },
    ],
});
