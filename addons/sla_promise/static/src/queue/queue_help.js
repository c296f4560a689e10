import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { Component, useExternalListener } from "@odoo/owl";

/** Where a question mark is text. */
const TYPED_IN = "input, textarea, select, [contenteditable=true], .modal";

/** All keys of the queue, each with what it does. */
export class QueueHelp extends Component {
    static template = "sla_promise.QueueHelp";
    static components = { Dialog };
    static props = { keys: Array, close: Function };
}

/**
 * Show all keys when somebody presses the question mark.
 *
 * @param {{key: string, command: string}[]} keys
 * @returns {() => void} shows them
 */
export function useQueueHelp(keys) {
    const dialog = useService("dialog");
    const all = [...keys, { key: "?", command: _t("Show all keys") }];
    const show = () => dialog.add(QueueHelp, { keys: all });
    useExternalListener(window, "keydown", (ev) => {
        const isText = ev.target.closest?.(TYPED_IN);
        if (ev.key === "?" && !isText && !document.querySelector(".modal")) {
            ev.preventDefault();
            show();
        }
    });
    return show;
}
