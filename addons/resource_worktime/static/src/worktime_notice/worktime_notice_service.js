/** After a save: says once what the change of working time has moved, with links. */

import { registry } from "@web/core/registry";

export const worktimeNoticeService = {
    dependencies: ["action", "bus_service", "notification"],
    start(env, { action, bus_service: bus, notification }) {
        bus.subscribe("resource_worktime_changed", ({ title, effects }) => {
            const close = notification.add(
                effects
                    .filter((effect) => !effect.action)
                    .map((effect) => effect.text)
                    .join("\n"),
                {
                    title,
                    type: "info",
                    sticky: true,
                    buttons: effects
                        .filter((effect) => effect.action)
                        .map((effect) => ({
                            name: effect.text,
                            onClick: () => {
                                close();
                                action.doAction(effect.action);
                            },
                        })),
                }
            );
        });
        bus.start();
    },
};

registry.category("services").add("worktime_notice", worktimeNoticeService);
