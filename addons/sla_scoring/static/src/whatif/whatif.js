import { KeepLast } from "@web/core/utils/concurrency";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { formatInteger } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { WhatifChart } from "./whatif_chart";

import { Component, useState } from "@odoo/owl";

/** What a what-if found: one call, a picture and tables. */
export class Whatif extends Component {
    static template = "sla_scoring.Whatif";
    static components = { WhatifChart };
    static props = { ...standardWidgetProps };

    number = formatInteger;

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
     * @param {number|false} whatifId
     */
    async load(whatifId) {
        const call = whatifId
            ? this.orm.call("sla.whatif", "whatif_result", [[whatifId]])
            : Promise.resolve(null);
        this.state.result = await this.keepLast.add(call);
    }

    /** @returns {Object[]} the tables: by team, tier and service item */
    get tables() {
        const { groups } = this.state.result;
        return [
            { key: "team", title: _t("By team"), none: _t("No team") },
            { key: "tier", title: _t("By tier"), none: _t("No client") },
            { key: "item", title: _t("By service item"), none: _t("No service item") },
        ].map((table) => ({ ...table, rows: groups[table.key] }));
    }

    /**
     * @param {number} breaches
     * @param {number} promises
     * @returns {string} the share of promises kept
     */
    kept(breaches, promises) {
        return promises ? `${(100 * (1 - breaches / promises)).toFixed(1)} %` : "–";
    }
}

export const whatif = {
    component: Whatif,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "run_at", type: "datetime" },
    ],
    additionalClasses: ["w-100"],
};
registry.category("view_widgets").add("sla_whatif", whatif);
