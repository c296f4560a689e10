import { browser } from "@web/core/browser/browser";

import { serverNow } from "./server_time";

import { onMounted, onWillUnmount, useState } from "@odoo/owl";

/** One timer for all that count on a page; it runs only while somebody listens. */
export class Ticker {
    constructor() {
        this.listeners = new Map();
        this.timer = null;
    }

    /**
     * @param {(now: DateTime) => void} callback
     * @param {number} [period] full seconds between two calls
     * @returns {() => void} ends the subscription
     */
    subscribe(callback, period = 1) {
        const key = Symbol("listener");
        const last = Math.floor(serverNow().toMillis() / 1000);
        this.listeners.set(key, { callback, period, last });
        if (this.timer === null) {
            this.wait();
        }
        return () => {
            this.listeners.delete(key);
            if (!this.listeners.size) {
                browser.clearTimeout(this.timer);
                this.timer = null;
            }
        };
    }

    /** Sleep until the next full second, so that no digit is skipped. */
    wait() {
        const rest = 1000 - (serverNow().toMillis() % 1000);
        this.timer = browser.setTimeout(() => {
            this.wait();
            this.tick();
        }, rest);
    }

    tick() {
        const now = serverNow();
        const second = Math.round(now.toMillis() / 1000);
        for (const listener of [...this.listeners.values()]) {
            if (second - listener.last >= listener.period) {
                listener.last = second;
                listener.callback(now);
            }
        }
    }
}

export const ticker = new Ticker();

/**
 * The present moment on the server, renewed while the component is on the page.
 *
 * @param {number} [period] seconds between two renewals
 * @returns {{now: DateTime}} reactive
 */
export function useNow(period = 1) {
    const state = useState({ now: serverNow() });
    let unsubscribe = null;
    onMounted(() => {
        unsubscribe = ticker.subscribe((now) => (state.now = now), period);
    });
    onWillUnmount(() => unsubscribe());
    return state;
}
