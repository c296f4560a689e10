import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/core/utils/numbers";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

import { formatMonth } from "@vip_base/core/format";
import { TrendChart } from "../kpi_board/trend_chart";

import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";

const signed = (points) => {
    const number = formatFloat(Math.abs(points), { digits: [16, 2] });
    const sign = points < 0 ? "−" : points > 0 ? "+" : "";
    return sign + number;
};

/** What stands above one's own points: the sum, the trend, what to do about it. */
export class MyPoints extends Component {
    static template = "sla_scoring.MyPoints";
    static components = { TrendChart };
    /** The rows below; read anew with them. */
    static props = { rows: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ page: null });
        onWillStart(() => this.load());
        onWillUpdateProps(({ rows }) => rows !== this.props.rows && this.load());
    }

    async load() {
        this.state.page = await this.orm.silent.call("score.entry", "my_points", []);
    }

    get title() {
        return _t("Points of %s", formatMonth(this.state.page.month));
    }

    get total() {
        return signed(this.state.page.total);
    }

    get draftText() {
        const { drafts } = this.state.page;
        return drafts && _t("of it not posted yet: %s", signed(drafts));
    }

    /** One month is no trend. */
    get hasTrend() {
        const { trend } = this.state.page;
        return trend.filter(({ value }) => value !== null).length > 1;
    }

    get contestText() {
        return _t("Can be contested: %s", this.state.page.contest);
    }

    get appealsText() {
        return _t("Appeals that wait for an answer: %s", this.state.page.appeals);
    }

    get cardText() {
        return _t(
            "What would help most, by the scorecard of %s",
            this.state.page.card.name
        );
    }

    hint({ name, target, gain }) {
        const number = (value) => String(Math.round(value * 10) / 10);
        return _t("%(figure)s: at %(target)s the score would rise by %(gain)s.", {
            figure: name,
            target: number(target),
            gain: number(gain),
        });
    }

    openContest() {
        return this.action.doAction("sla_scoring.score_entry_my_action", {
            additionalContext: {
                search_default_of_last_month: 0,
                search_default_to_contest: 1,
            },
        });
    }

    async openAppeals() {
        const action = await this.orm.call("score.entry", "action_my_appeals", []);
        return this.action.doAction(action);
    }

    openCard() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "score.card",
            res_id: this.state.page.card.id,
            views: [[false, "form"]],
        });
    }
}

class MyPointsList extends ListRenderer {
    static template = "sla_scoring.MyPointsList";
    static components = { ...ListRenderer.components, MyPoints };
}

class MyPointsCards extends KanbanRenderer {
    static template = "sla_scoring.MyPointsCards";
    static components = { ...KanbanRenderer.components, MyPoints };
}

registry.category("views").add("score_my_points_list", {
    ...listView,
    Renderer: MyPointsList,
});
registry.category("views").add("score_my_points_cards", {
    ...kanbanView,
    Renderer: MyPointsCards,
});
