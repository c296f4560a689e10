import { chapters, go, look, openFirst } from "@vip_base/show_me/show_me";
import { _t } from "@web/core/l10n/translation";

chapters.add(
    "sla_scoring/my_points",
    {
        role: "agent",
        steps: () => [
            ...go(
                _t("What was gained and lost stands in your points."),
                "sla_scoring.menu_points",
                "sla_scoring.score_entry_my_menu"
            ),
            look(
                _t(
                    "Open a line to read why, step by step. What may be contested has its button in the row."
                )
            ),
        ],
    },
    { sequence: 50 }
);

chapters.add(
    "sla_scoring/board",
    {
        role: "manager",
        steps: () => [
            ...go(
                _t("How the month goes."),
                "sla_promise.menu_service",
                "sla_scoring.score_kpi_board_menu"
            ),
            look(
                _t(
                    "Each figure against its target, and how sure it is; what moved it since the month before opens its tickets."
                ),
                ".o_kpi_choice small"
            ),
        ],
    },
    { sequence: 60 }
);

chapters.add(
    "sla_scoring/close",
    {
        role: "manager",
        steps: () => [
            ...go(
                _t("A month ends with its close."),
                "sla_scoring.menu_points",
                "sla_scoring.score_close_menu"
            ),
            look(
                _t(
                    "The checklist reads the data: what still waits stands there with its rows, and what is left out is said before."
                )
            ),
        ],
    },
    { sequence: 70 }
);

chapters.add(
    "sla_scoring/why",
    {
        role: "auditor",
        steps: () => [
            ...go(
                _t("Each point that somebody lost or gained."),
                "sla_scoring.menu_points",
                "sla_scoring.score_entry_menu"
            ),
            ...openFirst(
                _t("Open one."),
                _t(
                    "Why: the promise, its limit, when it was kept, who held the ticket, which rule. Buttons lead to each of them."
                )
            ),
        ],
    },
    { sequence: 60 }
);
