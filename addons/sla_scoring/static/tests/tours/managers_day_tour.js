import { registry } from "@web/core/registry";

import { go } from "@vip_base/show_me/show_me";
import {
    counting,
    inWords,
    opener,
    press,
    within,
} from "@vip_base/../tests/tours/ways";
import { draftAndTry } from "@sla_promise/../tests/tours/policy_draft_tour";

const HOME = ".o_vip_home[data-role=manager]";

const agree = {
    content: "What follows is said before",
    trigger: ".modal-footer .btn-primary",
    run: "click",
};

/**
 * Decide on two of a kind, from the home.
 *
 * @param {string} model of the decisions
 * @param {string} first what the first row shows
 * @param {string[]} words of the button, in each language
 * @param {string} button its name
 * @param {Object[]} [before] what is to be written first
 */
function decideTwo(model, first, words, button, before = []) {
    const one = [
        {
            content: "What is at stake stands beside the buttons",
            trigger: ".o_form_view .o_field_widget[name=stakes] section",
        },
        ...before,
        ...press(...words),
        agree,
        {
            content: "It is decided",
            trigger: `body:not(:has(.modal)) .o_form_view:not(:has(button[name=${button}]))`,
        },
    ];
    return [
        {
            content: "The home says how many wait, and since when",
            trigger: `${HOME} button[data-tile='decisions/${model}'][data-count='2']`,
            run: "click",
        },
        {
            content: "Open the first",
            trigger: opener(first),
            run: "click",
        },
        ...one,
        {
            content: "On to the next one",
            trigger: ".o_form_view .o_pager_next",
            run: "click",
        },
        {
            content: "which waits",
            trigger: `.o_form_view:has(button[name=${button}]), .o_form_view:has(.oi-ellipsis-v)`,
        },
        ...one,
        ...go("Back to the home", "vip_base.vip_home_menu"),
        {
            content: "None of the kind waits any more",
            trigger: `${HOME}:not(:has([data-tile='decisions/${model}']))`,
        },
    ];
}

const posted = [
    {
        content: "What was reported is read",
        trigger: ".o_form_view .o_field_widget[name=reason]",
    },
    ...press("Post", "入账"),
    agree,
    {
        content: "It counts",
        trigger:
            "body:not(:has(.modal)) .o_form_view:not(:has(button[name=action_post]))",
    },
];

/** From the start of the day to the end of the month, without an address typed. */
registry.category("web_tour.tours").add("sla_scoring_managers_day", {
    steps: () => [
        counting(HOME),
        ...decideTwo("sla.excuse", "tour.agent", ["Approve", "批准"], "action_approve"),
        ...decideTwo("vip.late.contact", "Day", ["Approve", "批准"], "action_approve"),
        ...decideTwo(
            "score.appeal",
            "tour.agent",
            ["Uphold", "全部成立"],
            "action_uphold",
            [
                {
                    content: "The agent is answered",
                    trigger: ".o_form_view [name=comment] textarea",
                    run: "edit The client agrees with you",
                },
            ]
        ),
        within(40, HOME),
        {
            content: "Tier changes wait, too",
            trigger: `${HOME} button[data-tile='decisions/vip.tier.change']`,
        },
        ...go(
            "They are decided together",
            "vip_service.menu_tiers",
            "vip_service.vip_tier_together_menu"
        ),
        {
            content: "All of them, from tomorrow on",
            trigger: ".o_vip_together[data-count='2'] .o_vip_together_all",
            run: "click",
        },
        {
            content: "Nothing waits any more",
            trigger: ".o_vip_together[data-count='0']",
        },
        ...go(
            "What is promised is to change",
            "sla_promise.menu_service",
            "sla_promise.sla_policy_draft_menu"
        ),
        {
            content: "One of the policies",
            trigger: opener("Around the clock"),
            run: "click",
        },
        ...draftAndTry(),
        ...go(
            "The month is over",
            "sla_scoring.menu_points",
            "sla_scoring.score_close_menu"
        ),
        {
            content: "Begin with its close",
            trigger: ".o_list_button_add, .o-kanban-button-new",
            run: "click",
        },
        {
            content: "It is the month that is over",
            trigger: `.o_form_view .o_statusbar_buttons button${inWords("See what is open", "查看待处理事项")}`,
            run: "click",
        },
        {
            content: "Errors need a second look",
            trigger: ".o_close_line[data-line=errors].o_close_waits .btn",
            run: "click",
        },
        { content: "Open the first", trigger: opener("tour.agent"), run: "click" },
        ...posted,
        {
            content: "On to the next one",
            trigger: ".o_form_view .o_pager_next",
            run: "click",
        },
        ...posted,
        ...go(
            "Back to the month",
            "sla_scoring.menu_points",
            "sla_scoring.score_close_menu"
        ),
        { content: "It is there", trigger: opener("20"), run: "click" },
        {
            content: "Nothing waits: it can be closed",
            trigger: `.o_close_decision button.btn-primary:enabled${inWords("Close the month", "结算")}`,
            run: "click",
        },
        agree,
        {
            content: "The month is closed",
            trigger: ".o_close_decision h3 .fa-lock",
        },
        within(80, ".o_close_decision h3 .fa-lock"),
    ],
});
