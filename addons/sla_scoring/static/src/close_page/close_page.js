import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/core/utils/numbers";
import { formatInteger } from "@web/views/fields/formatters";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { CloseDecision } from "./close_decision";

import { Component, useState } from "@odoo/owl";

/** The close of a month: what is still open, what a close would do now. One call. */
export class ClosePage extends Component {
    static template = "sla_scoring.ClosePage";
    static components = { CloseDecision };
    static props = { ...standardWidgetProps };

    number = formatInteger;

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ page: null, error: null });
        useRecordObserver((record) => {
            const { state, write_date: changed } = record.data;
            const version = `${record.resId}@${state}@${changed}`;
            if (record.resId && version !== this.version) {
                this.version = version;
                return this.load(record.resId);
            }
        });
    }

    /** @param {number} closeId */
    async load(closeId) {
        const call = this.orm.call("score.close", "close_page", [[closeId]]);
        try {
            this.state.page = await this.keepLast.add(call);
        } catch (error) {
            this.state.error = error.data?.message || error.message;
        }
    }

    /** @returns {string} points with their sign, zero without one */
    points(value) {
        const text = formatFloat(Math.abs(value), { digits: [0, 2] });
        return value ? `${value < 0 ? "−" : "+"}${text}` : text;
    }

    /** @returns {string} a score as its card shows it */
    score(value) {
        return value === false ? _t("too few") : formatFloat(value, { digits: [0, 1] });
    }

    /** @returns {string} a day in letters, with the year where it is not this one */
    day(moment) {
        const year = moment.year === luxon.DateTime.now().year ? undefined : "numeric";
        return moment.toLocaleString({ year, month: "short", day: "numeric" });
    }

    /** @returns {string} by whom a month was closed and confirmed, and when */
    closedBy({ closed_at: at, by, confirmed_by: confirmedBy }) {
        const day = this.day(deserializeDateTime(at));
        return confirmedBy
            ? _t("closed %(day)s by %(by)s, confirmed by %(confirmedBy)s", {
                  day,
                  by,
                  confirmedBy,
              })
            : _t("closed %(day)s by %(by)s", { day, by });
    }

    /** @returns {boolean} whether the month is not locked yet */
    get isOpen() {
        return ["draft", "proposed"].includes(this.state.page.state);
    }

    /** @returns {string} how many lines wait for somebody */
    get summary() {
        const { open_count: open, lines } = this.state.page;
        return open
            ? _t("%(open)s of %(all)s need somebody", { open, all: lines.length })
            : _t("nothing waits for anybody");
    }

    /** @returns {string} the key of the first line that waits for somebody */
    get firstOpen() {
        return this.state.page.lines.find(({ state }) => state === "open")?.key;
    }

    /** @returns {string} what the mark of a line says, for who does not see it */
    markName(line) {
        return line.state === "open" ? _t("Waits for somebody") : _t("Done");
    }

    get cardCount() {
        return _t("%s scorecards", this.number(this.state.page.agents.cards));
    }

    get moreAgents() {
        return _t("%s more", this.state.page.agents.more);
    }

    /** Call a method of the close that returns an action, and do it. */
    async open(method, ...args) {
        const call = this.orm.call("score.close", method, [
            [this.props.record.resId],
            ...args,
        ]);
        await this.action.doAction(await call);
    }

    openRows(line, name) {
        return this.open("close_rows", line.key, name);
    }

    openCard(row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "score.card",
            res_id: row.card_id,
            views: [[false, "form"]],
        });
    }

    openClose(close) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "score.close",
            res_id: close.id,
            views: [[false, "form"]],
        });
    }

    openAwards() {
        return this.action.doAction("sla_scoring.score_award_action");
    }

    /** Let the form, and then the page, show what was decided. */
    reload() {
        return this.props.record.load();
    }
}

export const closePage = {
    component: ClosePage,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "write_date", type: "datetime" },
    ],
    additionalClasses: ["w-100"],
};
registry.category("view_widgets").add("score_close_page", closePage);
