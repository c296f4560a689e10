import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { ClockCountdown } from "./clock_countdown";

import { Component } from "@odoo/owl";

/** Promises stand in the order in which they are usually kept. */
const ORDER = [
    "hand_over",
    "handling",
    "first_response",
    "next_response",
    "update",
    "resolution",
    "feedback",
];
const rank = ({ metric }) => ORDER.indexOf(metric);

/** All promises of a ticket; cancelled ones are history and not shown. */
export class SlaClocksField extends Component {
    static template = "sla_promise.SlaClocksField";
    static components = { ClockCountdown };
    static props = { ...standardFieldProps };

    get clocks() {
        const clocks = this.props.record.data[this.props.name] || [];
        return clocks
            .filter(({ state }) => state !== "cancelled")
            .sort((one, other) => rank(one) - rank(other));
    }
}

export const slaClocksField = {
    component: SlaClocksField,
    displayName: _t("Promises"),
    supportedTypes: ["json"],
    isEmpty: () => false,
};

registry.category("fields").add("sla_clocks", slaClocksField);
