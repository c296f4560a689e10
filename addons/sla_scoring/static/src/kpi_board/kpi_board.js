import { KeepLast } from "@web/core/utils/concurrency";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/core/utils/numbers";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Figure } from "@vip_base/components/figure/figure";

import { KpiTeams } from "./kpi_teams";
import { TrendChart } from "./trend_chart";

import { Component, onWillStart, useState } from "@odoo/owl";

/** What management follows: targets, today's values, trends, the tickets behind. */
export class KpiBoard extends Component {
    static template = "sla_scoring.KpiBoard";
    static components = { Figure, KpiTeams, Layout, TrendChart };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ board: null, compared: null });
        onWillStart(() => this.load(this.props.state?.scope));
    }

    /**
     * Fetch the board; the newest call wins.
     *
     * @param {string} [scope] the widest that the user may see if not given
     */
    async load(scope) {
        const call = this.orm.call("score.kpi", "kpi_board", [scope || false]);
        this.state.board = await this.keepLast.add(call);
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

    /** @returns {string} how the target is met, for the colour of the value */
    verdict({ is_reached: reached }) {
        return { true: "o_vip_done", false: "o_vip_soon" }[reached] || "o_vip_muted";
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
        return this.state.board.kpis.find(({ id }) => id === this.state.compared);
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
