import { createElement, setAttributes } from "@web/core/utils/xml";
import { patch } from "@web/core/utils/patch";
import { FormCompiler } from "@web/views/form/form_compiler";

/** Forms of this class have the conversation below their facts, not beside them. */
const TALK_BELOW = "o_vip_ticket_form";

/**
 * Move the host's chatter below the sheet, and the pages of the sheet below that: what
 * was said stands where one looks, and the place beside is free for the client.
 *
 * @param {Element} form as compiled by the host
 */
function talkBelow(form) {
    const chatter = form.querySelector(".o-mail-Form-chatter");
    const sheet = form.querySelector(".o_form_sheet_bg > .o_form_sheet");
    if (!chatter || !sheet) {
        return;
    }
    setAttributes(chatter, { "t-if": "!__comp__.env.inDialog", "t-attf-class": "" });
    setAttributes(
        chatter.querySelector("t[t-component='__comp__.mailComponents.Chatter']"),
        { isChatterAside: "false", isInFormSheetBg: "true" }
    );
    sheet.after(chatter);
    const pages = sheet.querySelector(":scope > Notebook");
    if (pages) {
        const below = createElement("div", {
            class: "o_form_sheet o_vip_ticket_pages position-relative",
        });
        below.append(pages);
        chatter.after(below);
    }
}

patch(FormCompiler.prototype, {
    compile(key) {
        const compiled = super.compile(...arguments);
        const { FormRenderer: arch } = this.templates;
        if (key === "FormRenderer" && arch?.classList.contains(TALK_BELOW)) {
            talkBelow(compiled);
        }
        return compiled;
    },
});
