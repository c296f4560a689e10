import { _t } from "@web/core/l10n/translation";
import { SelectCreateDialog } from "@web/views/view_dialogs/select_create_dialog";

import { registerComposerAction } from "@mail/core/common/composer_actions";

const TICKET = "helpdesk.ticket";

/** Beside the canned answers of the host: the mail templates of tickets, filled in. */
registerComposerAction("vip-template", {
    condition: ({ composer, owner }) =>
        !composer.message &&
        owner.props.type !== "note" &&
        composer.targetThread?.model === TICKET,
    icon: "fa fa-file-o",
    name: _t("Insert a template"),
    onSelected: ({ composer, owner }) => choose(owner.env, composer),
    sequence: 6,
});

function choose({ services }, composer) {
    const { dialog, orm } = services;
    const ticketId = composer.targetThread.id;
    dialog.add(SelectCreateDialog, {
        title: _t("Insert a template"),
        resModel: "mail.template",
        domain: [["model", "=", TICKET]],
        noCreate: true,
        multiSelect: false,
        onSelected: async ([templateId]) => {
            const args = [[ticketId], templateId];
            const text = await orm.call(TICKET, "client_template_text", args);
            composer.insertText(text, composer.composerText.length, {
                moveCursorToEnd: true,
            });
        },
    });
}
