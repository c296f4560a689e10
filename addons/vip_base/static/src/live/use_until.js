import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";

import { useEffect, useExternalListener } from "@odoo/owl";

/** Seconds between two readings at least: where much falls due, not at each of it. */
export const LEAST = 20;
/** The longest that a browser can wait, about 24 days. */
const MOST = 2 ** 31 - 1;

/**
 * Read again what a component shows when time alone changes it, such as what falls due. A
 * hidden page waits until it is shown.
 *
 * @param {Object} options
 * @param {() => string|false|undefined} options.until when that is, as the server writes it
 * @param {() => Promise} options.reload
 */
export function useUntil({ until, reload }) {
    let stale = false;

    function run() {
        if (document.visibilityState === "hidden") {
            stale = true;
        } else {
            reload();
        }
    }

    useExternalListener(document, "visibilitychange", () => {
        if (stale && document.visibilityState !== "hidden") {
            stale = false;
            reload();
        }
    });
    useEffect(
        (at) => {
            if (!at) {
                return;
            }
            const left = deserializeDateTime(at).diffNow().as("milliseconds");
            // A second later: then it has passed for the server too.
            const wait = Math.min(Math.max(left + 1000, LEAST * 1000), MOST);
            const timer = browser.setTimeout(run, wait);
            return () => browser.clearTimeout(timer);
        },
        () => [until()]
    );
}
