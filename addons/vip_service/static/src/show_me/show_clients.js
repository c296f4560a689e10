import { chapters, go, look, openFirst } from "@vip_base/show_me/show_me";
import { _t } from "@web/core/l10n/translation";

for (const [role, section, entry] of [
    ["agent", "vip_service.client_menu", "vip_service.client_all_menu"],
    ["adviser", "vip_service.client_menu", "vip_service.client_mine_menu"],
    ["auditor", "vip_service.client_menu", "vip_service.client_all_menu"],
]) {
    chapters.add(
        `vip_service/client_${role}`,
        {
            role,
            steps: () => [
                ...go(
                    _t("All about a client stands on one page: find it here."),
                    section,
                    entry
                ),
                ...openFirst(
                    _t("Open a client."),
                    _t(
                        "Left: what to do and to know. Middle: figures and what is open. Right: what happened. A tier of the past opens why it was given."
                    )
                ),
            ],
        },
        { sequence: 40 }
    );
}

chapters.add(
    "vip_service/at_risk",
    {
        role: "adviser",
        steps: () => [
            ...go(
                _t("Who may fall at the next review."),
                "vip_service.menu_tiers",
                "vip_service.vip_tier_at_risk_menu"
            ),
            look(
                _t(
                    "Each row says what is lacking to stay. Tick several, then plan a contact with all of them."
                )
            ),
        ],
    },
    { sequence: 50 }
);

chapters.add(
    "vip_service/together",
    {
        role: "manager",
        steps: () => [
            ...go(
                _t("Tier changes of a review are decided on one page."),
                "vip_service.menu_tiers",
                "vip_service.vip_tier_together_menu"
            ),
            look(
                _t(
                    "What needs a look stands first; the main button takes the others. Until the day before it can be taken back."
                ),
                ".o_vip_together"
            ),
        ],
    },
    { sequence: 40 }
);

chapters.add(
    "vip_service/reviews",
    {
        role: "auditor",
        steps: () => [
            ...go(
                _t("Each month's review, with the rules that it used."),
                "vip_service.menu_tiers",
                "vip_service.vip_tier_change_menu"
            ),
            look(
                _t(
                    "Each change keeps its evidence: the figures of then, the lines of then, who decided, when and why."
                )
            ),
        ],
    },
    { sequence: 50 }
);

chapters.add(
    "vip_service/tiers",
    {
        role: "admin",
        steps: () => [
            ...go(
                _t("Tiers, and what each asks and gives."),
                "vip_base.menu_config",
                "vip_service.vip_tier_menu"
            ),
            look(_t("A ladder that clients have changes by a version, from a day on.")),
        ],
    },
    { sequence: 40 }
);
