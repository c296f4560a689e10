import { _t } from "@web/core/l10n/translation";

import { chapters, go, look } from "./show_me";

const home = () =>
    go(_t("This is how you come back to your home."), "vip_base.vip_home_menu");

for (const role of ["agent", "adviser", "manager", "auditor", "admin"]) {
    chapters.add(
        `vip_base/home_${role}`,
        {
            role,
            steps: () => [
                ...home(),
                look(
                    _t(
                        "You start here: what to do next stands first, and each number opens exactly its rows."
                    ),
                    ".o_vip_home_who"
                ),
            ],
        },
        { sequence: 10 }
    );
    chapters.add(`vip_base/back_${role}`, { role, steps: home }, { sequence: 100 });
}

chapters.add(
    "vip_base/first_hour",
    {
        role: "admin",
        steps: () => [
            ...go(
                _t("From an empty database to the first judged month."),
                "vip_base.menu_config",
                "vip_base.vip_first_hour_menu"
            ),
            look(
                _t("A step is done when the data say so; an open one says what to do."),
                ".o_vip_first_hour_steps h1"
            ),
        ],
    },
    { sequence: 20 }
);

chapters.add(
    "vip_base/operations",
    {
        role: "admin",
        steps: () => [
            ...go(
                _t("How the service runs, and what to do where it does not."),
                "vip_base.menu_config",
                "vip_base.vip_operations_menu"
            ),
            look(
                _t("What needs somebody stands first in each part, with what to do."),
                ".o_vip_operations h1"
            ),
        ],
    },
    { sequence: 80 }
);

chapters.add(
    "vip_base/audit_log",
    {
        role: "auditor",
        steps: () => [
            ...go(
                _t("Who did what to which record, before, after and why."),
                "vip_base.vip_audit_log_menu"
            ),
            look(_t("It only grows: the database itself refuses to change a line.")),
        ],
    },
    { sequence: 80 }
);
