import { registry } from "@web/core/registry";

import { inWords, lookAt, opener, press } from "@vip_base/../tests/tours/ways";

/**
 * @param {string} verb of what is to be done next
 * @returns {string} selector of it, at the head of a complaint
 */
function next(verb) {
    return `.o_vip_complaint .o_vip_next_action[data-verb=${verb}]`;
}

/** @param {string} verb of what is to be done next, by a button of its own */
function doNext(verb) {
    return {
        content: `What is next: ${verb}`,
        trigger: `${next(verb)} button`,
        run: "click",
    };
}

registry.category("web_tour.tours").add("vip_voice_complaint", {
    steps: () => [
        {
            content: "What a client said waits",
            trigger: opener("Tour Trading"),
            run: "click",
        },
        {
            content: "A low grade is not finished without a cause",
            trigger: ".o_form_view .alert-warning",
        },
        ...press("It is a complaint", "登记为投诉"),
        {
            content: "A person says why",
            trigger: ".o_vip_complaint [name=reason] textarea",
            run: "edit Wants to know in writing how this could happen",
        },
        {
            content: "File it",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Closing is off, and says what is missing",
            trigger:
                ".o_vip_complaint:has(.o_vip_banner [name=lacking]:contains(/./)):has(button[name=action_close][disabled], .oi-ellipsis-v)",
        },
        doNext("owner"),
        doNext("acknowledged"),
        {
            content: "The client was called",
            trigger: ".modal [name=note] textarea",
            run: "edit Said that it is looked into",
        },
        {
            content: "Log it",
            trigger: ".modal button[name=action_log]",
            run: "click",
        },
        doNext("cause"),
        {
            content: "Like cases propose what it came from; a person says why",
            trigger: ".modal:has([name=cause_id]) [name=why] textarea",
            run: "edit The other team did not know",
        },
        {
            content: "Keep it",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "What is next: the decision",
            trigger: next("decision"),
        },
        lookAt(".o_vip_complaint [name=action_ids]"),
        {
            content: "Something is done",
            trigger:
                ".o_vip_complaint [name=action_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "What",
            trigger:
                ".o_vip_complaint [name=action_ids] .o_selected_row [name=name] input",
            run: "edit Return the fee",
        },
        {
            content: "Where it can be seen",
            trigger:
                ".o_vip_complaint [name=action_ids] .o_selected_row [name=evidence] input",
            run: "edit Booking 7",
        },
        {
            content: "The client is right",
            trigger: ".o_vip_complaint [name=decision] input[data-value=upheld]",
            run: "click",
        },
        {
            content: "The answer is written",
            trigger: ".o_vip_complaint [name=answer_text] .odoo-editor-editable",
            run: "editor The fee is back.",
        },
        {
            content: "Keep all that",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The action is done",
            trigger: ".o_vip_complaint [name=action_ids] button[name=action_done]",
            run: "click",
        },
        {
            content: "What is next: the answer",
            trigger: next("answer"),
        },
        {
            content: "Send it",
            trigger: ".o_vip_complaint button[name=action_answer]",
            run: "click",
        },
        {
            content: "Really",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "Who handled it does not ask whether it is settled",
            trigger: `${next("verification")}:not(:has(button))`,
        },
    ],
});

registry.category("web_tour.tours").add("vip_voice_verify", {
    steps: () => [
        doNext("verification"),
        {
            content: "The client is asked",
            trigger: `${next("verification")}:not(:has(button))`,
        },
        lookAt(".o_vip_complaint [name=verify_result]"),
        {
            content: "It says so",
            trigger: `.o_vip_complaint [name=verify_result]${inWords("Asked", "已询问")}`,
        },
    ],
});

registry.category("web_tour.tours").add("vip_voice_close", {
    steps: () => [
        doNext("close"),
        {
            content: "It is closed",
            trigger:
                ".o_vip_complaint:not(:has(button[name=action_close])):not(:has(.o_vip_next_action))",
        },
        lookAt(".o_vip_complaint [name=repeats]"),
        {
            content: "Its cause repeats, and something is done about that",
            trigger: ".o_vip_repeat_soon a:contains(Handed on)",
        },
        {
            content: "Go there",
            trigger: ".o_vip_repeat_soon div a",
            run: "click",
        },
        {
            content: "The improvement",
            trigger: ".o_form_view [name=action_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "What is done about it",
            trigger: "[name=action_ids] .o_selected_row [name=name] input",
            run: "edit A field in the hand-over",
        },
        {
            content: "Where it can be seen",
            trigger: "[name=action_ids] .o_selected_row [name=evidence] input",
            run: "edit Release 7",
        },
        {
            content: "Keep it",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It is done",
            trigger: "[name=action_ids] button[name=action_done]",
            run: "click",
        },
        {
            content: "It is looked at later, and the page says when",
            trigger:
                ".o_form_view:has([name=recheck_bar]:contains(/./)):not(:has(button[name=action_done]))",
        },
    ],
});

registry.category("web_tour.tours").add("vip_voice_client_360", {
    steps: () => [
        {
            content: "The section of what the client told us",
            trigger: ".o_vip_360 [data-section=voice]",
            run: ({ anchor }) => anchor.scrollIntoView(),
        },
        {
            content: "The complaint is there, closed",
            trigger: `[data-section=voice] [data-kind='vip.complaint'] .o_vip_stage${inWords(
                "closed",
                "已结案"
            )}`,
        },
        {
            content: "From the section to the complaint",
            trigger: "[data-section=voice] [data-kind='vip.complaint'] a",
            run: "click",
        },
        {
            content: "Here it is",
            trigger: ".o_vip_complaint [name=number]:contains(/./)",
        },
    ],
});
