/** After a save: says once what the change of working time has moved, with links. */

import { markup } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { htmlJoin } from "@web/core/utils/html";

const NEW_LINE = markup("<br/>");

export const worktimeNoticeService = {
    dependencies: ["action", "bus_service", "notification"],
    start(env, { action, bus_service: bus, notification }) {
        bus.subscribe("resource_worktime_changed", ({ title, effects }) => {
            const links = effects.filter((effect) => effect.action);
            // A narrow button has room for a name, not for what is told.
            const texts = effects.map((effect) => effect.text);
            const names = links.map((effect) => effect.action.name);
            const lines = [title, ...texts.filter((text) => !names.includes(text))];
            const close = notification.add(htmlJoin(lines, NEW_LINE), {
                type: "info",
                sticky: true,
                buttons: links.map((effect) => ({
                    name: effect.action.name || effect.text,
                    onClick: () => {
                        close();
                        action.doAction(effect.action);
                    },
                })),
            });
        });
        bus.start();
    },
};

registry.category("services").add("worktime_notice", worktimeNoticeService);
