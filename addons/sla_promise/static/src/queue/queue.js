import { useQueueActs } from "./queue_acts";
import { useQueueNews } from "./queue_news";

import { useState } from "@odoo/owl";

/** What a list of the queue knows: which row is marked, what is new, what can be done. */
export class Queue {
    constructor(state, news, acts, controller) {
        Object.assign(this, { state, news, acts, controller });
    }

    get records() {
        return this.controller.model.root.records;
    }

    get selection() {
        return this.controller.model.root.selection || [];
    }

    /** @returns {Object|undefined} the marked record; the first if none is */
    get marked() {
        const { records } = this;
        return records.find(({ resId }) => resId === this.state.mark) || records[0];
    }

    /** @returns {Object[]} what keys act on */
    get targets() {
        if (this.selection.length) {
            return this.selection;
        }
        return this.marked ? [this.marked] : [];
    }

    /** @param {number} distance how many rows down */
    step(distance) {
        const { records } = this;
        const place = records.indexOf(this.marked) + distance;
        const next = records[Math.min(Math.max(place, 0), records.length - 1)];
        this.state.mark = next.resId;
    }

    openMarked() {
        return this.controller.openRecord(this.marked);
    }

    run(act) {
        return this.acts.run(act, this.targets);
    }
}

/**
 * @param {Object} controller of the list
 * @returns {Queue}
 */
export function useQueue(controller) {
    const state = useState({ mark: false });
    const news = useQueueNews(() => controller.model);
    const acts = useQueueActs((ids) => news.refresh(ids));
    return new Queue(state, news, acts, controller);
}
