import { formatFloat } from "@web/core/utils/numbers";
import { useService } from "@web/core/utils/hooks";

import { formatMonth } from "@vip_base/core/format";

import { Component, onMounted, onWillStart, useRef, useState } from "@odoo/owl";

/** A figure by team and month: value, how many tickets, and whether it is on target. */
export class KpiTeams extends Component {
    static template = "sla_scoring.KpiTeams";
    static props = { kpi: Object, onCell: Function, onClose: Function };

    setup() {
        this.orm = useService("orm");
        this.root = useRef("root");
        // On a phone the figures lie between the button and this table.
        onMounted(() => this.root.el.scrollIntoView({ block: "nearest" }));
        this.state = useState({ months: [], teams: [] });
        onWillStart(async () => {
            const found = await this.orm.call("score.kpi", "kpi_teams", [
                [this.props.kpi.id],
            ]);
            // The newest month first: on a phone the table is cut off on the right.
            const order = found.months.map((_month, place) => place).reverse();
            this.state.months = order.map((place) => found.months[place]);
            this.state.teams = found.teams.map((team) => ({
                ...team,
                cells: order.map((place) => team.cells[place]),
            }));
        });
    }

    /** @returns {string} the month as charts name it */
    month(month) {
        return formatMonth(month);
    }

    /** @returns {string} a value, a dash where nothing was measured */
    shown({ value }) {
        return value === null ? "–" : formatFloat(value, { digits: [0, 1] });
    }

    /** @returns {string} the colour of a value */
    verdict({ is_reached: reached }) {
        return { true: "o_vip_done", false: "o_vip_soon" }[reached] || "o_vip_muted";
    }
}
