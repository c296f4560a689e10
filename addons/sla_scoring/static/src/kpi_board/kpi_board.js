import { KeepLast } from "@web/core/utils/concurrency";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/core/utils/numbers";
import { ErrorHandler } from "@web/core/utils/components";
import { Layout } from "@web/search/layout";
import { formatInteger } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Figure } from "@vip_base/components/figure/figure";

import { formatLength } from "@vip_base/core/duration";
import { formatMonth } from "@vip_base/core/format";

import { Kept } from "./kept";
import { KpiTeams } from "./kpi_teams";
import { Spark } from "./spark";
import { TrendChart } from "./trend_chart";
import { verdict } from "./verdict";

import { Component, onWillStart, useState } from "@odoo/owl";

/** What management follows: targets, today's values, trends, the tickets behind. */
export class KpiBoard extends Component {
    static template = "sla_scoring.KpiBoard";
    static components = {
        ErrorHandler,
        Figure,
        Kept,
        KpiTeams,
        Layout,
        Spark,
        TrendChart,
    };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.keepLastDetail = new KeepLast();
        this.state = useState({
            board: null,
            compared: null,
            detail: null,
            /** What is said where the board, or its details, could not be read. */
            error: "",
            detailFails: false,
            month: null,
            gross: false,
        });
        onWillStart(() => this.load(this.props.state?.scope));
    }

    /**
     * Fetch the board; the newest call wins.
     *
     * @param {string} [scope] the widest that the user may see if not given
     */
    async load(scope) {
        const call = this.orm.call("score.kpi", "kpi_board", [scope || false]);
        let board;
        try {
            board = await this.keepLast.add(call);
        } catch (error) {
            this.state.error = error.data?.message || error.message;
            return;
        }
        this.state.error = "";
        this.state.month = board.months.includes(this.state.month)
            ? this.state.month
            : board.month;
        this.state.board = board;
        await this.loadDetail();
    }

    /** Fetch the promises of the month that is chosen; the newest call wins. */
    async loadDetail() {
        const { board, gross, month } = this.state;
        const call = this.orm.call("score.kpi", "kpi_detail", [
            board.scope,
            month,
            gross,
        ]);
        try {
            this.state.detail = await this.keepLastDetail.add(call);
            this.state.detailFails = false;
        } catch (error) {
            this.failDetail(error);
        }
    }

    /** The details cannot be shown; the figures above are not concerned. */
    failDetail(error) {
        console.warn("The details of the KPI board cannot be shown", error);
        this.state.detail = null;
        this.state.detailFails = true;
    }

    /** @param {string} month its first day */
    setMonth(month) {
        this.state.month = month;
        return this.loadDetail();
    }

    toggleGross() {
        this.state.gross = !this.state.gross;
        return this.loadDetail();
    }

    monthName(month) {
        return formatMonth(month);
    }

    /** @returns {Object[]} months to choose from, the newest first */
    get months() {
        return [...this.state.board.months].reverse();
    }

    /** @returns {Object[]} the figures as they were in the month that is chosen */
    get shownKpis() {
        const place = this.state.board.months.indexOf(this.state.month);
        return this.state.board.kpis.map((kpi) => ({ ...kpi, ...kpi.series[place] }));
    }

    /** @returns {string} how far the target is, in words */
    verdictText(kpi) {
        const { value, target, unit, is_few: few, is_reached: reached } = kpi;
        if (value === null || few) {
            return this.target(kpi);
        }
        const by = formatFloat(Math.abs(value - target), { digits: [0, 1] });
        if (reached) {
            return this.target(kpi);
        }
        return kpi.lower_is_better
            ? _t("%(by)s above target %(target)s %(unit)s", { by, target, unit })
            : _t("%(by)s below target %(target)s %(unit)s", { by, target, unit });
    }

    /** @returns {string} gross beside net, of promises kept */
    grossText({ key }) {
        if (key !== this.state.detail?.net) {
            return "";
        }
        const found = this.state.detail.series.find(
            ({ month }) => month === this.state.month
        );
        const value = found?.gross.value;
        return value === null || value === undefined
            ? ""
            : _t("gross %s %%", formatFloat(value, { digits: [0, 1] }));
    }

    noteText(kpi) {
        return [this.grossText(kpi), this.sample(kpi)].filter(Boolean).join(" · ");
    }

    get lateCount() {
        return formatInteger(this.state.detail.open.late.length);
    }

    get openText() {
        return _t("of %s open", formatInteger(this.state.detail.open.ids.length));
    }

    get lateText() {
        return _t("Late now");
    }

    get longestLate() {
        const { longest } = this.state.detail.open;
        if (!longest) {
            return _t("nothing is late");
        }
        const since = deserializeDateTime(longest);
        return _t(
            "longest %s",
            formatLength(luxon.DateTime.now().diff(since).as("seconds"))
        );
    }

    openTicketsOf(name, ids) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: "helpdesk.ticket",
            domain: [["id", "in", ids]],
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }

    /**
     * Open the tickets behind one number of the details.
     *
     * @param {Object} cell which item, tier or team
     * @param {boolean} [missed] only those with a promise missed
     */
    async openRows(cell, missed = false) {
        const { board, gross, month } = this.state;
        const args = [board.scope, month, cell, gross, missed];
        await this.action.doAction(await this.orm.call("score.kpi", "kpi_rows", args));
    }

    /** @returns {string} the value of a KPI, a dash where nothing was measured */
    shown({ value, unit }) {
        return value === null
            ? "–"
            : `${formatFloat(value, { digits: [0, 1] })} ${unit}`;
    }

    /** @returns {string} the target, with the direction that is good */
    target({ target, unit, lower_is_better: lower }) {
        const limit = `${lower ? "≤" : "≥"} ${target} ${unit}`;
        return _t("Target %(limit)s", { limit });
    }

    /** @returns {string} how many tickets are behind the value of this month */
    ticketCount({ count }) {
        return _t("%(count)s tickets this month", { count });
    }

    /**
     * @returns {string} of how many the value is, and how sure one may be of it; that
     *     they are too few where it is not judged
     */
    sample({ value, of, least, is_few: few, interval, unit }) {
        if (value === null) {
            return "";
        }
        if (few) {
            return _t("Too few to judge: of %(of)s, from %(least)s on", { of, least });
        }
        if (!interval) {
            return "";
        }
        const [low, high] = interval.map((end) => formatFloat(end, { digits: [0, 1] }));
        return _t("of %(of)s · 95 % sure: %(low)s to %(high)s %(unit)s", {
            of,
            low,
            high,
            unit,
        });
    }

    /** @returns {string} how the target is met, for the colour of the value */
    verdict(cell) {
        return verdict(cell);
    }

    /** @returns {boolean} whether the user may look at more than their own figures */
    get hasTeams() {
        return this.state.board.scopes.length > 1;
    }

    /**
     * Show or hide a figure team by team.
     *
     * @param {Object} kpi
     */
    toggleTeams(kpi) {
        this.state.compared = this.state.compared === kpi.id ? null : kpi.id;
    }

    /** @returns {Object|undefined} the figure that is shown team by team */
    get compared() {
        return this.shownKpis.find(({ id }) => id === this.state.compared);
    }

    /**
     * Open the tickets behind a figure of a month.
     *
     * @param {Object} kpi
     * @param {string} month its first day
     * @param {string} [scope] whose; that of the board if not given
     */
    async openTickets(kpi, month, scope = this.state.board.scope) {
        const args = [[kpi.id], scope, month];
        const action = await this.orm.call("score.kpi", "kpi_tickets", args);
        await this.action.doAction(action);
    }
}

registry.category("actions").add("sla_scoring.kpi_board", KpiBoard);
