import { chapters, go, look, openFirst } from "@vip_base/show_me/show_me";
import { _t } from "@web/core/l10n/translation";

chapters.add(
    "sla_promise/queue",
    {
        role: "agent",
        steps: () => [
            ...go(
                _t("Your work is in the queue."),
                "sla_promise.menu_service",
                "sla_promise.sla_ticket_menu"
            ),
            look(
                _t(
                    "Act now, due today, waiting: in each part key clients come first, then who has least time left."
                )
            ),
            ...openFirst(
                _t("Open the first ticket."),
                _t(
                    "What to do next stands on top. Each promise counts down; a press on it says why: policy, hours, stretches that count."
                )
            ),
        ],
    },
    { sequence: 20 }
);

chapters.add(
    "sla_promise/policies",
    {
        role: "manager",
        steps: () => [
            ...go(
                _t("What we promise, and to whom."),
                "sla_promise.menu_service",
                "sla_promise.sla_policy_draft_menu"
            ),
            look(
                _t(
                    "Draft a new version of one, try it on past tickets, and see what it would have kept before it is put in force."
                )
            ),
        ],
    },
    { sequence: 50 }
);

chapters.add(
    "sla_promise/excuses",
    {
        role: "manager",
        steps: () => [
            ...go(
                _t(
                    "What waits for your decision is on your home, by kind; so are excuses."
                ),
                "sla_promise.menu_service",
                "sla_promise.sla_excuse_menu"
            ),
            look(
                _t(
                    "Beside the buttons stands what is at stake: the timeline, the contacts, the points, earlier decisions."
                )
            ),
        ],
    },
    { sequence: 30 }
);

chapters.add(
    "sla_promise/coverage",
    {
        role: "admin",
        steps: () => [
            ...go(
                _t("Policies say within which time a request is answered and solved."),
                "vip_base.menu_config",
                "sla_promise.sla_policy_menu"
            ),
            look(
                _t(
                    "One that tickets were promised something by is changed by a new version. Check coverage shows what nobody promised anything for."
                )
            ),
        ],
    },
    { sequence: 50 }
);
