import { browser } from "@web/core/browser/browser";

import { onMounted, onWillUnmount, useState } from "@odoo/owl";

const { DateTime } = luxon;

/** One timer for all that count on a page; it runs only while somebody listens. */
export class Ticker {
    constructor() {
        this.listeners = new Map();
        this.timer = null;
        this.beat = 0;
    }

    /**
     * @param {(now: DateTime) => void} callback
     * @param {number} [period] seconds between two calls
     * @returns {() => void} ends the subscription
     */
    subscribe(callback, period = 1) {
        const key = Symbol("listener");
        this.listeners.set(key, { callback, period });
        this.timer ??= browser.setInterval(() => this.tick(), 1000);
        return () => {
            this.listeners.delete(key);
            if (!this.listeners.size) {
                browser.clearInterval(this.timer);
                this.timer = null;
            }
        };
    }

    tick() {
        this.beat++;
        const now = DateTime.now();
        for (const { callback, period } of [...this.listeners.values()]) {
            if (this.beat % period === 0) {
                callback(now);
            }
        }
    }
}

export const ticker = new Ticker();

/**
 * The present moment, renewed while the component is on the page.
 *
 * @param {number} [period] seconds between two renewals
 * @returns {{now: DateTime}} reactive
 */
export function useNow(period = 1) {
    const state = useState({ now: DateTime.now() });
    let unsubscribe = null;
    onMounted(() => {
        unsubscribe = ticker.subscribe((now) => (state.now = now), period);
    });
    onWillUnmount(() => unsubscribe());
    return state;
}
