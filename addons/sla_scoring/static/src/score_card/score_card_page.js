import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { TrendChart } from "../kpi_board/trend_chart";

import { Component, useState } from "@odoo/owl";

/** A scorecard: its parts, what would help most, the trend. One call. */
export class ScoreCardPage extends Component {
    static template = "sla_scoring.ScoreCardPage";
    static components = { TrendChart };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ page: null });
        useRecordObserver((record) => {
            const { state, total } = record.data;
            const version = `${record.resId}@${state}@${total}`;
            if (record.resId && version !== this.version) {
                this.version = version;
                return this.load(record.resId);
            }
        });
    }

    get model() {
        return this.props.record.resModel;
    }

    /** @param {number} cardId */
    async load(cardId) {
        const call = this.orm.call(this.model, "card_page", [[cardId]]);
        this.state.page = await this.keepLast.add(call);
    }

    /** @returns {string} a number as people read it */
    number(value) {
        return value === null ? "–" : String(Math.round(value * 10) / 10);
    }

    /** @returns {string} why the card has no place among others */
    get notRanked() {
        const { min_tickets: count } = this.state.page;
        return _t("Not ranked: fewer than %(count)s tickets solved", { count });
    }

    /** @returns {boolean} whether something was not measured */
    get hasGaps() {
        return this.state.page.parts.some(({ result }) => result === null);
    }

    /** @returns {Object[]} the trend as the chart wants it */
    get series() {
        return this.state.page.trend.map(({ month, score }) => ({
            month,
            value: score,
        }));
    }

    /** @returns {string} what one part would add at its target */
    hint({ name, target, gain }) {
        return _t("%(figure)s: at %(target)s the score would rise by %(gain)s.", {
            figure: name,
            target: this.number(target),
            gain: this.number(gain),
        });
    }

    /** @param {string} kind of occurrences whose records are to be opened */
    async openFacts(kind) {
        const args = [[this.props.record.resId], kind];
        await this.action.doAction(
            await this.orm.call(this.model, "action_facts", args)
        );
    }
}

export const scoreCardPage = {
    component: ScoreCardPage,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "total", type: "float" },
    ],
    additionalClasses: ["w-100"],
};
registry.category("view_widgets").add("score_card_page", scoreCardPage);
