import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatInteger } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { runResultWidget, useRunResult } from "@vip_base/core/run_result";

import { WhatifChart } from "./whatif_chart";

import { Component } from "@odoo/owl";

/** What a what-if found: one call, a picture and tables. */
export class Whatif extends Component {
    static template = "sla_promise.Whatif";
    static components = { WhatifChart };
    static props = { ...standardWidgetProps };

    number = formatInteger;

    setup() {
        this.state = useRunResult("sla.whatif", "whatif_result");
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

export const whatif = runResultWidget(Whatif);
registry.category("view_widgets").add("sla_whatif", whatif);
