import { _t } from "@web/core/l10n/translation";

import { queueLeft } from "./queue_left";

/** What each section of the queue holds, and in which order. */
const MEANINGS = {
    act: _t("highest tier first, then what is due first"),
    due: _t("before the day ends"),
    later: _t("after today"),
    on_client: _t("the clocks go on when the client answers"),
    on_others: _t("an exchange, a bank, another department"),
    owes_nothing: _t("open, without a promise that is still to be kept"),
};

/**
 * What the head of a section says beside its name and number.
 *
 * @param {string} section
 * @param {Object[]} rows its promises (`sla_next`); of a part of them nothing is counted
 * @param {boolean} whole whether these are all
 * @param {DateTime} now
 * @returns {{text: string, tone: "late"|"soon"|""}[]}
 */
export function sectionParts(section, rows, whole, now) {
    const meaning = MEANINGS[section];
    if (!meaning) {
        return [];
    }
    const parts = section === "act" && whole ? counted(rows, now) : [];
    return [...parts, { text: `${meaning}`, tone: "" }];
}

function counted(rows, now) {
    const tones = rows.filter(Boolean).map((told) => queueLeft(told, now).tone);
    const late = tones.filter((tone) => tone === "late").length;
    const soon = tones.filter((tone) => tone === "soon").length;
    return [
        late && { text: _t("%s late", late), tone: "late" },
        soon && { text: _t("%s soon", soon), tone: "soon" },
    ].filter(Boolean);
}
