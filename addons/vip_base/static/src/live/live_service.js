import { registry } from "@web/core/registry";

/** What whoever opens a list or a home listens to; see `vip.live` on the server. */
export const OWN = "vip_live";

/**
 * Tells components that a colleague has changed records. A channel is listened to as long
 * as somebody asks for it; the server says which ones a person may hear.
 */
export const liveService = {
    dependencies: ["bus_service"],
    start(env, { bus_service: bus }) {
        const asked = new Map();
        const listeners = new Set();
        bus.subscribe("vip_live", (notice) => {
            for (const listener of [...listeners]) {
                listener(notice);
            }
        });
        return {
            /**
             * @param {string} channel
             * @param {(notice: {by: number, ids: Object}) => void} listener
             * @returns {() => void} ends it
             */
            listen(channel, listener) {
                const own = (notice) => listener(notice);
                listeners.add(own);
                const count = asked.get(channel) || 0;
                asked.set(channel, count + 1);
                if (!count) {
                    bus.addChannel(channel);
                }
                return () => {
                    listeners.delete(own);
                    asked.set(channel, asked.get(channel) - 1);
                    if (!asked.get(channel)) {
                        asked.delete(channel);
                        bus.deleteChannel(channel);
                    }
                };
            },
        };
    },
};

registry.category("services").add("vip_live", liveService);
