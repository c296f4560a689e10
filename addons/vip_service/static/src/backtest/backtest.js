import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { formatDay } from "@vip_base/core/format";
import { runResultWidget, useRunResult } from "@vip_base/core/run_result";
import { TierBadge } from "../tier_badge/tier_badge";
import { BacktestChart } from "./backtest_chart";

import { Component } from "@odoo/owl";

/** What a back-test found: one call, a picture and tables. */
export class Backtest extends Component {
    static template = "vip_service.Backtest";
    static components = { BacktestChart, TierBadge };
    static props = { ...standardWidgetProps };

    setup() {
        this.state = useRunResult("vip.tier.backtest", "backtest_result");
    }

    get day() {
        return formatDay(this.state.result.day);
    }

    /** @returns {Object} clients of all tiers: really, by today's thresholds, drafted */
    get total() {
        const sum = (key) =>
            this.state.result.tiers.reduce((total, tier) => total + tier[key], 0);
        return { present: sum("present"), today: sum("today"), draft: sum("draft") };
    }

    /**
     * @param {{today: number, draft: number}} counts
     * @returns {string} the difference with its sign, empty when there is none
     */
    difference({ today, draft }) {
        const value = draft - today;
        return value ? `${value > 0 ? "+" : "−"}${Math.abs(value)}` : "";
    }
}

export const backtest = runResultWidget(Backtest);
registry.category("view_widgets").add("vip_tier_backtest", backtest);
