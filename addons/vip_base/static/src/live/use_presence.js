import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

import { OWN } from "./live_service";

import { useEffect, useExternalListener, useState } from "@odoo/owl";

/** Milliseconds after which one says again that one is there, */
export const AGAIN = 25000;
/** so soon again to who has just come, and may not hear yet, */
export const GREETED = 5000;
/** after which who is not heard of any more has left, */
export const EXPIRES = 60000;
/** and after which who has stopped typing only reads. */
export const TYPED = 8000;

/**
 * Tell others who have the same record on screen that one is there, and know of them.
 *
 * @param {() => {model: string, id: number|false}} about
 * @param {(ev: InputEvent) => boolean} isTyping whether an input is one in the record
 * @returns {{others: {id: number, name: string, doing: string}[]}} reactive
 */
export function usePresence(about, isTyping) {
    const bus = useService("bus_service");
    const live = useService("vip_live");
    const orm = useService("orm").silent;
    const state = useState({ others: [] });
    const names = {};
    let doing = "reading";
    let timers = {};
    let resting, beat;

    function say(what) {
        const { model, id } = about();
        if (id && document.visibilityState !== "hidden") {
            // That nobody is told is no reason to disturb who works.
            orm.call("vip.presence", "here", [model, id, what]).catch(() => {});
        }
    }

    function saySo(next = AGAIN) {
        browser.clearTimeout(beat);
        beat = browser.setTimeout(() => saySo(), next);
        say(doing);
    }

    function forget(id) {
        browser.clearTimeout(timers[id]);
        delete timers[id];
        state.others = state.others.filter((other) => other.id !== id);
    }

    async function hear({ by, id, doing: what }) {
        if (by === user.userId || id !== about().id) {
            return;
        }
        const isNew = !(by in timers);
        forget(by);
        if (what === "gone") {
            return;
        }
        timers[by] = browser.setTimeout(() => forget(by), EXPIRES);
        if (!(by in names)) {
            // By the reader's own rights: the notice names nobody.
            const [found] = await orm.read("res.users", [by], ["name"]);
            names[by] = found.name;
        }
        if (by in timers && id === about().id) {
            const others = state.others.filter((other) => other.id !== by);
            state.others = [...others, { id: by, name: names[by], doing: what }];
        }
        if (isNew) {
            saySo(GREETED); // who has just come does not know of us
        }
    }

    function type(ev) {
        if (!isTyping(ev)) {
            return;
        }
        browser.clearTimeout(resting);
        resting = browser.setTimeout(() => {
            doing = "reading";
            saySo();
        }, TYPED);
        if (doing !== "typing") {
            doing = "typing";
            saySo();
        }
    }

    /** A page that is left has no time for an answer: the browser sends it on. */
    function leavePage() {
        const { model, id } = about();
        const call = { model: "vip.presence", method: "here", kwargs: {} };
        const params = { ...call, args: [model, id, "gone"] };
        const body = JSON.stringify({ jsonrpc: "2.0", method: "call", params });
        browser.navigator.sendBeacon(
            "/web/dataset/call_kw/vip.presence/here",
            new Blob([body], { type: "application/json" })
        );
    }

    useExternalListener(window, "pagehide", () => about().id && leavePage());
    useExternalListener(document, "input", type, { capture: true });
    useExternalListener(document, "visibilitychange", () => {
        if (document.visibilityState !== "hidden") {
            saySo();
        }
    });
    useEffect(
        (model, id) => {
            if (!id) {
                return;
            }
            const end = live.listen(`${OWN}/${model}/${id}`, () => {});
            bus.subscribe("vip_here", hear);
            saySo();
            return () => {
                bus.unsubscribe("vip_here", hear);
                orm.call("vip.presence", "here", [model, id, "gone"]).catch(() => {});
                Object.values(timers).forEach((timer) => browser.clearTimeout(timer));
                timers = {};
                doing = "reading";
                state.others = [];
                browser.clearTimeout(beat);
                browser.clearTimeout(resting);
                end();
            };
        },
        () => [about().model, about().id]
    );
    return state;
}
