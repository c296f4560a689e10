/** From the page of a policy in force: a draft of it, tried on past tickets. */
export const draftAndTry = () => [
    {
        content: "What is in force is not a manager's",
        trigger: ".o_form_view button[name=action_new_version]",
        run: "click",
    },
    {
        content: "a version of it is",
        trigger: ".modal button[name=action_make]",
        run: "click",
    },
    {
        content: "It says that it was not tried",
        trigger:
            ".o_form_view:has(button[name=action_try]) [data-key='sla_promise/trial'] p",
    },
    {
        content: "It is tried on past tickets",
        trigger: "button[name=action_try]",
        run: "click",
    },
    {
        content: "with what would have been kept",
        trigger: ".o_sla_whatif_totals",
    },
    {
        content: "Back at the draft",
        trigger: ".o_back_button, .breadcrumb-item:last-child a, .o_breadcrumb a:last",
        run: "click",
    },
    {
        content: "the result stands beside it",
        trigger: "[data-key='sla_promise/trial'] li button.o_vip_figure",
    },
];
