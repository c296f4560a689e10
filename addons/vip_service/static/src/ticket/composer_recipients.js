import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

import { Composer } from "@mail/core/common/composer";
import { RecipientsInput } from "@mail/core/web/recipients_input";
import { RecipientsInputTagsList } from "@mail/core/web/recipients_input_tags_list";

const TICKET = "helpdesk.ticket";

/**
 * Who writes about a ticket to a client without e-mail address is told so, and not asked
 * for one before the message may leave: the client may read it in the portal, or is rung.
 */
patch(RecipientsInput.prototype, {
    getTagsFromMailThread() {
        const tags = super.getTagsFromMailThread();
        if (this.props.thread.model !== TICKET) {
            return tags;
        }
        return tags.map((tag) =>
            tag.email
                ? tag
                : {
                      ...tag,
                      isKnown: true,
                      text: _t("%s (no e-mail address)", tag.text),
                  }
        );
    },
});

patch(RecipientsInputTagsList.prototype, {
    getFirstTagToUpdate(tags) {
        return super.getFirstTagToUpdate(tags.filter(({ isKnown }) => !isKnown));
    },
});

patch(Composer.prototype, {
    /** The host sends nothing, and says nothing, while one of the receivers has none. */
    async sendMessage() {
        const { composer, type } = this.props;
        const { additionalRecipients, model, suggestedRecipients } =
            composer.thread || {};
        if (composer.message || type === "note" || model !== TICKET) {
            return super.sendMessage();
        }
        const receivers = [...suggestedRecipients, ...additionalRecipients];
        const silent = receivers.filter(({ email }) => !email);
        if (!silent.length || silent.some(({ partner_id }) => !partner_id)) {
            return super.sendMessage();
        }
        this.composerActions.activePicker?.close?.();
        await this.processMessage((value) =>
            this._sendMessage(value, this.postData, this.extraData)
        );
    },
});
