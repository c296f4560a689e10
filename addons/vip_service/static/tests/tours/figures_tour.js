import { registry } from "@web/core/registry";

import { opener, press, record } from "@vip_base/../tests/tours/ways";

const tours = registry.category("web_tour.tours");

/** An answer to what a form asks in a dialog. */
const REASON = ".modal .o_field_widget[name=reason] textarea";

tours.add("vip_service_import", {
    steps: () => [
        {
            content: "The file waits for a look",
            trigger: opener("Tour figures"),
            run: "click",
        },
        ...press("Check", "检查"),
        {
            content: "Its rows are shown as they are understood",
            trigger: ".o_vip_preview td:contains(/1,250\\.5/)",
        },
        {
            content: "What is asked comes first",
            trigger: ".alert-warning .o_field_widget[name=confirmed] input",
            run: "check",
        },
        ...press("Import", "导入"),
        {
            content: "Booked",
            trigger: `.o_form_view .o_field_widget[name=done_at]:not(:empty)`,
        },
    ],
});

tours.add("vip_service_ladder_proposed", {
    steps: () => [
        ...press("Preview", "预览"),
        {
            content: "The plan says where holders go",
            trigger: `.o_form_view .nav-link[name=preview]`,
            run: "click",
        },
        {
            content: "The preview names whom it moves",
            trigger: ".o_field_widget[name=preview_html]:contains(Tour Trading)",
        },
        ...press("Propose", "提交"),
        {
            content: "It is no draft any more",
            trigger: ".o_form_view:not(:has(button[name=action_propose]))",
        },
    ],
});

tours.add("vip_service_ladder_decided", {
    steps: () => [
        ...press("Put in force", "生效"),
        {
            content: "Decided",
            trigger: ".o_form_view:not(:has(button[name=action_put_in_force]))",
        },
    ],
});

tours.add("vip_service_source_declared", {
    steps: () => [
        {
            content: "A new source",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name] input",
            run: "edit Tour settlement",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=code] input",
            run: "edit tour",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=metric_ids] input",
            isActive: ["desktop"],
            run: "edit Tour lots",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Tour lots)",
            isActive: ["desktop"],
            run: "click",
        },
        {
            content: "On a phone the metrics are cards to choose from",
            trigger: ".o_form_view .o_field_widget[name=metric_ids] input",
            isActive: ["mobile"],
            run: "click",
        },
        {
            trigger: `.modal ${record("Tour lots").split(", ").join(", .modal ")}`,
            isActive: ["mobile"],
            run: "click",
        },
        {
            trigger: ".o_form_view .o_form_button_save",
            run: "click",
        },
        {
            content: "Saved",
            trigger: ".o_form_view .o_form_saved",
        },
    ],
});

tours.add("vip_service_review_without_waiting", {
    steps: () => [
        {
            content: "The month says for what it waits",
            trigger: ".o_form_view .alert-warning:contains(Tour settlement)",
        },
        ...press("Judge without waiting", "不等待"),
        {
            content: "Only with a reason",
            trigger: REASON,
            run: "edit The settlement system is down",
        },
        {
            trigger: ".modal button[name=action_judge]",
            run: "click",
        },
        {
            content: "Judged, with the reason",
            trigger: ".o_form_view .o_field_widget[name=reason]:contains(is down)",
        },
    ],
});

tours.add("vip_service_corrections", {
    steps: () => [
        {
            content: "The review says what figures of now would change",
            trigger:
                ".o_form_view button[name=action_open_corrections], .o-form-buttonbox .o_button_more",
            run: "click",
        },
        {
            content: "On a phone they are behind one more",
            trigger: "body",
            async run({ click, queryFirst }) {
                const button = ".o-dropdown--menu button[name=action_open_corrections]";
                if (queryFirst(button)) {
                    await click(button);
                }
            },
        },
        {
            content: "The client is listed with both tiers",
            trigger: record("Tour Futures"),
        },
    ],
});
