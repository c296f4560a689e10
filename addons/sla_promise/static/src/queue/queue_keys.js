import { useCommand } from "@web/core/commands/command_hook";
import { _t } from "@web/core/l10n/translation";

import { offered } from "./queue_acts";

import { Component, useState } from "@odoo/owl";

/** Keys of what is done with rows: they work while nobody types. */
export const ACT_KEYS = [
    { act: "take", key: "t", name: _t("take"), command: _t("Take this request") },
    {
        act: "assign",
        key: "a",
        name: _t("give to"),
        command: _t("Give it to somebody"),
    },
    { act: "reply", key: "r", name: _t("reply"), command: _t("Reply to the client") },
    { act: "log", key: "l", name: _t("log a contact"), command: _t("Log a contact") },
    { act: "pause", key: "p", name: _t("pause"), command: _t("Wait for the client") },
    { act: "solve", key: "s", name: _t("solve"), command: _t("Solve this request") },
    { act: "client", key: "c", name: _t("client"), command: _t("Open the client") },
];
/** Keys that move about. */
export const MOVE_KEYS = [
    { key: "j", name: _t("next"), command: _t("Mark the next request") },
    { key: "k", name: _t("previous"), command: _t("Mark the previous request") },
    { key: "o", name: _t("open"), command: _t("Open this request") },
    { key: "x", name: _t("select"), command: _t("Select this request") },
    { key: "n", name: _t("let in"), command: _t("Let in what is new") },
];

/**
 * Let keys act on the marked row, or on what is selected.
 *
 * @param {Queue} queue
 */
export function useQueueKeys(queue) {
    const moves = {
        j: () => queue.step(1),
        k: () => queue.step(-1),
        o: () => queue.openMarked(),
        x: () => queue.marked.toggleSelection(),
        n: () => queue.news.apply(),
    };
    for (const { key, command } of MOVE_KEYS) {
        useCommand(`${command}`, moves[key], {
            hotkey: key,
            hotkeyOptions: { allowRepeat: key === "j" || key === "k" },
            isAvailable: () => Boolean(key === "n" || queue.marked),
        });
    }
    for (const { act, key, command } of ACT_KEYS) {
        useCommand(`${command}`, () => queue.run(act), {
            hotkey: key,
            isAvailable: () => offered(act, queue.targets).length > 0,
        });
    }
}

/** The keys, below the queue: those that would do nothing now are pale. */
export class QueueKeys extends Component {
    static template = "sla_promise.QueueKeys";
    /** `targets` are the queue's: others show other keys. */
    static props = { queue: Object, targets: Array, showAll: Function };

    setup() {
        this.moves = MOVE_KEYS;
        this.acts = ACT_KEYS;
        this.state = useState(this.props.queue.state);
    }

    get selected() {
        return this.props.queue.selection.length;
    }

    get note() {
        return this.selected
            ? _t("Keys act on the %s selected.", this.selected)
            : _t("Keys act on the marked row.");
    }

    isIdle(act) {
        // Read, so that another mark shows other keys.
        this.state.mark;
        return !offered(act, this.props.queue.targets).length;
    }
}
