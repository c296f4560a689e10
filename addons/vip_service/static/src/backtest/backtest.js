import { KeepLast } from "@web/core/utils/concurrency";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { formatDay } from "../core/format";
import { TierBadge } from "../tier_badge/tier_badge";
import { BacktestChart } from "./backtest_chart";

import { Component, useState } from "@odoo/owl";

/** What a back-test found: one call, a picture and tables. */
export class Backtest extends Component {
    static template = "vip_service.Backtest";
    static components = { BacktestChart, TierBadge };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ result: null });
        useRecordObserver((record) => {
            const { state, run_at: runAt } = record.data;
            const version = `${record.resId}@${state}@${runAt || ""}`;
            if (version !== this.version) {
                this.version = version;
                return this.load(state === "done" && record.resId);
            }
        });
    }

    /**
     * Fetch the result; the newest call wins.
     *
     * @param {number|false} backtestId
     */
    async load(backtestId) {
        const call = backtestId
            ? this.orm.call("vip.tier.backtest", "backtest_result", [[backtestId]])
            : Promise.resolve(null);
        this.state.result = await this.keepLast.add(call);
    }

    get day() {
        return formatDay(this.state.result.day);
    }

    /** @returns {Object} clients of all tiers, really and under the draft */
    get total() {
        const sum = (key) =>
            this.state.result.tiers.reduce((total, tier) => total + tier[key], 0);
        return { present: sum("present"), draft: sum("draft") };
    }

    /**
     * @param {{present: number, draft: number}} counts
     * @returns {string} the difference with its sign, empty when there is none
     */
    difference({ present, draft }) {
        const value = draft - present;
        return value ? `${value > 0 ? "+" : "−"}${Math.abs(value)}` : "";
    }
}

export const backtest = {
    component: Backtest,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "run_at", type: "datetime" },
    ],
    additionalClasses: ["w-100"],
};
registry.category("view_widgets").add("vip_tier_backtest", backtest);
