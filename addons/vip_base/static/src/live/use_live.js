import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

import { OWN } from "./live_service";

import { useEffect, useExternalListener } from "@odoo/owl";

/**
 * Models whose changes the server tells: `channel(data)` says where those of the record
 * with that data are told.
 */
export const liveModels = registry.category("vip_live_models");

/** Milliseconds after which a screen that shows what has changed reads it again, */
export const SOON = 50;
/** and within which those few do so: not all at once. */
export const SPREAD = 250;
/** The same where many records have changed, which every screen may show. */
export const SPREAD_MANY = 2500;
/** The same for what may concern a screen, such as a new row; and while it is busy. */
export const LATER = 8000;

/**
 * Read again what a component shows when a colleague has changed it.
 *
 * What one changes oneself is on screen already. A hidden page waits until it is shown.
 *
 * @param {Object} options
 * @param {() => string|undefined} [options.channel] what to listen to; nothing if it
 *  returns nothing
 * @param {(ids: Object<string, number[]|false>) => boolean|undefined} options.concerns
 *  whether the component shows one of these (ids by model; false: of many): true, false,
 *  or undefined where it may
 * @param {boolean} [options.own] also what one changes oneself: it is not on this part
 *  of the screen already
 * @param {number} [options.later] milliseconds to wait for what may concern it
 * @param {() => boolean} [options.busy] whether reading again would disturb its user
 * @param {() => Promise} options.reload
 */
export function useLive({
    channel = () => OWN,
    concerns,
    own = false,
    later = LATER,
    busy = () => false,
    reload,
}) {
    const live = useService("vip_live");
    let timer, due, stale;

    function run() {
        timer = undefined;
        if (document.visibilityState === "hidden") {
            stale = true;
        } else if (busy()) {
            wait(LATER);
        } else {
            reload();
        }
    }

    function wait(time) {
        const moment = Date.now() + time;
        if (timer && due <= moment) {
            return;
        }
        browser.clearTimeout(timer);
        due = moment;
        timer = browser.setTimeout(run, time);
    }

    function hear({ by, ids }) {
        const hidden = document.visibilityState === "hidden";
        if (by === user.userId && !hidden && !own) {
            return;
        }
        const concerned = concerns(ids);
        if (concerned === false) {
            return;
        }
        const spread = Object.values(ids).includes(false) ? SPREAD_MANY : SPREAD;
        wait(concerned ? SOON + Math.random() * spread : later);
    }

    useExternalListener(document, "visibilitychange", () => {
        if (stale && document.visibilityState !== "hidden") {
            stale = false;
            wait(SOON);
        }
    });
    useEffect(
        (name) => {
            if (!name) {
                return;
            }
            const end = live.listen(name, hear);
            return () => {
                end();
                browser.clearTimeout(timer);
                timer = undefined;
            };
        },
        () => [channel()]
    );
}

/**
 * @param {number[]|false} ids of changed records; false: of many
 * @param {number[]} shown
 * @returns {boolean} whether one of them is shown, or may be
 */
export function isShown(ids, shown) {
    return ids === false || ids.some((id) => shown.includes(id));
}
